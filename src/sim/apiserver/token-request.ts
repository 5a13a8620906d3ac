import { invalidValue, type FieldError } from '../api/field.ts'
import { splitApiVersion, uidOf, type KubeObject } from '../api/meta.ts'
import { badRequest, conflict, invalid, isStatus, notFound, type Status } from '../api/status.ts'
import { formatTime, seconds, unixSeconds } from '../engine/time.ts'
import { storeKey } from '../store/store.ts'
import { SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION, SERVICE_ACCOUNT_MAX_TOKEN_EXPIRATION } from '../flags/kube-apiserver.ts'
import { EXTENDED, ISSUER, issueToken, WARN_ONLY } from './authentication/account-token.ts'
import type { Execution, Outcome } from './execution.ts'
import { newUid } from './uid.ts'

interface BoundRef {
  readonly kind?: string
  readonly apiVersion?: string
  readonly name?: string
  readonly uid?: string
}
interface TokenRequest extends KubeObject {
  readonly spec?: { readonly audiences?: readonly string[]; readonly expirationSeconds?: number; readonly boundObjectRef?: BoundRef | null }
}

const SHORTEST = 600
const LONGEST = 2 ** 32
const GK = { group: 'authentication.k8s.io', kind: 'TokenRequest' }

/** POST serviceaccounts/token (registry/core/serviceaccount: TokenREST). */
export function requestToken(exec: Execution, body: KubeObject): Outcome {
  const { name, namespace = '', store, now } = exec
  const { metadata, spec = {} } = body as TokenRequest
  if (metadata.name && metadata.name !== name) return invalid(GK, name, [invalidValue('metadata.name', metadata.name, 'must match the service account name if specified')])
  if (metadata.namespace && metadata.namespace !== namespace) return invalid(GK, name, [invalidValue('metadata.namespace', metadata.namespace, 'must match the service account namespace if specified')])
  const account = store.get(storeKey('serviceaccounts', namespace, name))
  if (!account) return notFound({ group: '', resource: 'serviceaccounts' }, name)
  const asked = spec.expirationSeconds || 3600
  const errors = checkLifetime(asked)
  if (errors.length > 0) return invalid(GK, '', errors)
  const bound = boundObject(exec, spec.boundObjectRef ?? undefined)
  if (isStatus(bound)) return bound
  const lifetime = shortened(exec, asked)
  const audiences = spec.audiences?.length ? spec.audiences : [ISSUER]
  const issuedAt = unixSeconds(now)
  const extended = bound?.kind === 'Pod' && lifetime === WARN_ONLY && audiences.every((audience) => audience === ISSUER) && exec.means.flags.get(SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION)
  const token = issueToken({
    aud: audiences, exp: issuedAt + (extended ? EXTENDED : lifetime), iat: issuedAt, iss: ISSUER, jti: newUid(exec.means.uids), sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name, uid: uidOf(account) }, ...(bound?.kind === 'Pod' ? { pod: { name: bound.metadata.name, uid: uidOf(bound) } } : {}), ...(extended ? { warnafter: issuedAt + lifetime } : {}) },
  })
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid: metadata.uid || uidOf(account), creationTimestamp: formatTime(now) },
    spec: { audiences, expirationSeconds: lifetime, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: formatTime(now + seconds(lifetime)) },
  }
}

/** No longer than --service-account-max-token-expiration. */
function shortened({ means, warnings }: Execution, asked: number): number {
  const most = means.flags.get(SERVICE_ACCOUNT_MAX_TOKEN_EXPIRATION) / 1_000_000
  if (most === 0 || asked <= most) return asked
  warnings.push(`requested expiration of ${asked} seconds shortened to ${most} seconds`)
  return most
}

/** authentication/validation: ValidateTokenRequest. */
function checkLifetime(lifetime: number): readonly FieldError[] {
  const field = 'spec.expirationSeconds'
  const short = lifetime < SHORTEST ? [invalidValue(field, lifetime, 'may not specify a duration less than 10 minutes')] : []
  return lifetime > LONGEST ? [...short, invalidValue(field, lifetime, 'may not specify a duration larger than 2^32 seconds')] : short
}

const BINDABLE: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

function boundObject({ store, namespace, name }: Execution, ref: BoundRef | undefined): KubeObject | undefined | Status {
  if (!ref) return undefined
  const { group, version } = splitApiVersion(ref.apiVersion ?? '')
  const plural = group === '' ? BINDABLE[ref.kind ?? ''] : undefined
  if (!plural) return badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${ref.kind ?? ''}`)
  const found = store.get(storeKey(plural, plural === 'nodes' ? undefined : namespace, ref.name ?? ''))
  if (!found) return notFound({ group: '', resource: plural }, ref.name ?? '')
  const account = (found.spec as { serviceAccountName?: string } | undefined)?.serviceAccountName
  if (plural === 'pods' && account !== name) return badRequest(`cannot bind token for serviceaccount ${JSON.stringify(name)} to pod running with different serviceaccount name.`)
  if (!ref.uid || ref.uid === found.metadata.uid) return found
  return conflict({ group: '', resource: ref.kind! }, ref.name ?? '', `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`)
}
