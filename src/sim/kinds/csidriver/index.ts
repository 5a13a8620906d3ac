import { deepEqual, semanticEqual } from '../../api/deep.ts'
import { at, child, duplicate, invalidValue, notSupported, type FieldError } from '../../api/field.ts'
import { assignSame } from '../../api/share.ts'
import { immutable } from '../../api/validate-meta.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { Column } from '../definition.ts'
import type { CSIDriver, CSIDriverSpec } from './csidriver.ts'

const POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const LIFECYCLES = ['Persistent', 'Ephemeral']
const RECOMMENDED =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'

function tokens(spec: CSIDriverSpec, out: FieldError[]): void {
  const audiences = new Set<string>()
  ;(spec.tokenRequests ?? []).forEach((t, i) => {
    const path = at('spec.tokenRequests', i)
    const audience = t.audience ?? ''
    if (audiences.has(audience)) return void out.push(duplicate(child(path, 'audience'), audience))
    audiences.add(audience)
    const seconds = t.expirationSeconds
    if (seconds === undefined) return
    if (seconds < 600) out.push(invalidValue(child(path, 'expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'))
    if (seconds > 2 ** 32) out.push(invalidValue(child(path, 'expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'))
  })
}

/** storage/validation: validateCSIDriverSpec. */
function validate(d: CSIDriver): FieldError[] {
  const out: FieldError[] = []
  const { spec } = d
  if (spec.fsGroupPolicy !== undefined && !POLICIES.includes(spec.fsGroupPolicy)) out.push(notSupported('spec.fsGroupPolicy', spec.fsGroupPolicy, POLICIES))
  tokens(spec, out)
  for (const mode of spec.volumeLifecycleModes ?? []) if (!LIFECYCLES.includes(mode)) out.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLES))
  const period = spec.nodeAllocatableUpdatePeriodSeconds
  if (period !== undefined && period < 10) out.push(invalidValue('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'))
  if (spec.serviceAccountTokenInSecrets !== undefined && !spec.tokenRequests?.length) {
    out.push(invalidValue('spec.serviceAccountTokenInSecrets', spec.serviceAccountTokenInSecrets, 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'))
  }
  return out
}

function validateUpdate(d: CSIDriver, old: CSIDriver): readonly FieldError[] {
  const out = validate(d)
  immutable(d.spec.attachRequired, old.spec.attachRequired, 'spec.attachedRequired', out)
  immutable(d.spec.volumeLifecycleModes, old.spec.volumeLifecycleModes, 'spec.volumeLifecycleModes', out)
  return out
}

function warnings(d: CSIDriver, old?: CSIDriver): readonly string[] {
  const { tokenRequests, serviceAccountTokenInSecrets } = d.spec
  const changed = !old || !deepEqual(old.spec.tokenRequests, tokenRequests)
  return changed && tokenRequests?.length && serviceAccountTokenInSecrets === undefined ? [RECOMMENDED] : []
}

/** A gate that is closed by default: the field is dropped unless the stored driver has it. */
const gated = (d: CSIDriver, old?: CSIDriver): CSIDriver =>
  old?.spec.preventPodSchedulingIfMissing === undefined ? assignSame(d, { spec: assignSame(d.spec, { preventPodSchedulingIfMissing: undefined }) }) : d

const yes = (name: string, cell: (d: CSIDriver) => boolean): Column<CSIDriver> => ({ name, type: 'boolean', cell })

/** storage.k8s.io/v1 CSIDriver (registry/storage/csidriver: strategy.go). Its generation counts changes from zero. */
export const csiDriverKind = defineKind<CSIDriver>('storage.k8s.io', 'v1', 'CSIDriver', {
  unconditionalUpdate: false,
  defaults(d) {
    const s = d.spec ?? {}
    const spec = assignSame(s, {
      attachRequired: s.attachRequired ?? true,
      podInfoOnMount: s.podInfoOnMount ?? false,
      storageCapacity: s.storageCapacity ?? false,
      fsGroupPolicy: s.fsGroupPolicy ?? 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: s.volumeLifecycleModes?.length ? s.volumeLifecycleModes : ['Persistent'],
      requiresRepublish: s.requiresRepublish ?? false,
      seLinuxMount: s.seLinuxMount ?? false,
    })
    return assignSame(d, { spec })
  },
  prepareCreate: (d) => gated(d),
  prepareUpdate(d, old) {
    const next = gated(d, old)
    return semanticEqual(next.spec, old.spec) ? next : withGeneration(next, (old.metadata.generation ?? 0) + 1)
  },
  validate,
  validateUpdate,
  warnings,
  columns: [
    nameColumn,
    yes('AttachRequired', (d) => d.spec.attachRequired ?? true),
    yes('PodInfoOnMount', (d) => d.spec.podInfoOnMount ?? false),
    yes('StorageCapacity', (d) => d.spec.storageCapacity ?? false),
    textColumn('TokenRequests', (d) => d.spec.tokenRequests?.map((t) => t.audience).join(',') ?? '<unset>'),
    yes('RequiresRepublish', (d) => d.spec.requiresRepublish ?? false),
    textColumn('Modes', (d) => d.spec.volumeLifecycleModes?.join(',') || '<none>'),
    ageColumn,
  ],
})
