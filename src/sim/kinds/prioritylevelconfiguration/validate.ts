import { child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import { flowConditions } from '../../api/validate/flow-conditions.ts'
import type { LimitedLevel, PriorityLevelConfiguration, PriorityLevelSpec, Queuing } from './prioritylevelconfiguration.ts'

const MOST_QUEUES = 10_000_000
const MOST_HASH_BITS = 60
const STRUCT = 'flowcontrol.PriorityLevelConfigurationSpec'

/** Would dealing a hand take more random bits than a hash has (shufflesharding: RequiredEntropyBits)? */
function tooManyBits(queues: number, hand: number): boolean {
  let product = 1n
  for (let i = 0; i < hand; i++) {
    product *= BigInt(queues)
    if (product > 1n << BigInt(MOST_HASH_BITS)) return true
    if (queues === 1) return false
  }
  return false
}

function queuing(q: Queuing, path: Path, out: FieldError[]): void {
  const [queues, hand, length] = [q.queues ?? 0, q.handSize ?? 0, q.queueLengthLimit ?? 0]
  if (length <= 0) out.push(invalidValue(child(path, 'queueLengthLimit'), length, 'must be positive'))
  if (queues <= 0) out.push(invalidValue(child(path, 'queues'), queues, 'must be positive'))
  else if (queues > MOST_QUEUES) out.push(invalidValue(child(path, 'queues'), queues, `must not be greater than ${MOST_QUEUES}`))
  const here = child(path, 'handSize')
  if (hand <= 0) out.push(invalidValue(here, hand, 'must be positive'))
  else if (hand > queues) out.push(invalidValue(here, hand, `should not be greater than queues (${queues})`))
  else if (tooManyBits(queues, hand)) {
    out.push(invalidValue(here, hand, `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${MOST_HASH_BITS}`))
  }
}

function shares(l: { readonly nominalConcurrencyShares?: number }, path: Path, out: FieldError[]): void {
  const n = l.nominalConcurrencyShares
  if (n !== undefined && n < 0) out.push(invalidValue(child(path, 'nominalConcurrencyShares'), n, 'must be a non-negative integer'))
}

function lendable(l: { readonly lendablePercent?: number }, path: Path, out: FieldError[]): void {
  const n = l.lendablePercent
  if (n !== undefined && (n < 0 || n > 100)) out.push(invalidValue(child(path, 'lendablePercent'), n, 'must be between 0 and 100, inclusive'))
}

function limited(l: LimitedLevel, path: Path, out: FieldError[]): void {
  shares(l, path, out)
  const response = l.limitResponse ?? {}
  const here = child(path, 'limitResponse')
  if (response.type === 'Reject') {
    if (response.queuing) out.push(forbiddenField(child(here, 'queuing'), 'must be nil if limited.limitResponse.type is not Limited'))
  } else if (response.type === 'Queue') {
    if (response.queuing) queuing(response.queuing, child(here, 'queuing'), out)
    else out.push(required(child(here, 'queuing'), 'must not be empty if limited.limitResponse.type is Limited'))
  } else out.push(notSupported(child(here, 'type'), response.type ?? '', ['Queue', 'Reject']))
  lendable(l, path, out)
  const borrowing = l.borrowingLimitPercent
  if (borrowing !== undefined && borrowing < 0) out.push(invalidValue(child(path, 'borrowingLimitPercent'), borrowing, 'if specified, must be a non-negative integer'))
}

function checkSpec(spec: PriorityLevelSpec, name: string, out: FieldError[]): void {
  if ((name === 'exempt') !== (spec.type === 'Exempt')) out.push(invalidValue('spec.type', spec.type ?? '', "must be 'Exempt' if and only if `name` is 'exempt'"))
  if (spec.type === 'Exempt') {
    if (spec.limited) out.push(forbiddenField('spec.limited', 'must be nil if the type is not Limited'))
    if (spec.exempt) {
      shares(spec.exempt, 'spec.exempt', out)
      lendable(spec.exempt, 'spec.exempt', out)
    }
  } else if (spec.type === 'Limited') {
    if (spec.exempt) out.push(forbiddenField('spec.exempt', 'must be nil if the type is Limited'))
    if (spec.limited) limited(spec.limited, 'spec.limited', out)
    else out.push(required('spec.limited', 'must not be empty when type is Limited'))
  } else out.push(notSupported('spec.type', spec.type ?? '', ['Exempt', 'Limited']))
}

const CATCH_ALL: PriorityLevelSpec = { type: 'Limited', limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } } }

/** Levels that every server has; of "exempt" only the shares may be changed. */
function mandatory(spec: PriorityLevelSpec, name: string, out: FieldError[]): void {
  if (name === 'exempt' && !goEqual(STRUCT, { ...spec, exempt: undefined }, { type: 'Exempt' })) {
    out.push(invalidValue('spec', goInternal(STRUCT, spec), "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value"))
  }
  if (name === 'catch-all' && !goEqual(STRUCT, spec, CATCH_ALL)) out.push(invalidValue('spec', goInternal(STRUCT, spec), "spec of 'catch-all' must equal the fixed value"))
}

const KEEP_ZERO = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares'

/** flowcontrol/validation: ValidatePriorityLevelConfiguration. */
export function validatePriorityLevel(p: PriorityLevelConfiguration): readonly FieldError[] {
  const out: FieldError[] = []
  if (p.metadata.annotations?.[KEEP_ZERO] !== undefined) out.push(forbiddenField('metadata.annotations', `annotation '${KEEP_ZERO}' is forbidden`))
  checkSpec(p.spec, p.metadata.name, out)
  mandatory(p.spec, p.metadata.name, out)
  flowConditions(p.status?.conditions, 'status.conditions', out)
  return out
}
