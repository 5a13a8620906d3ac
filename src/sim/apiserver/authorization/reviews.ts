import { invalidValue, type FieldError } from '../../api/field.ts'
import type { KubeObject } from '../../api/meta.ts'
import { resourceOfKind } from '../../api/schema/schema.ts'
import { badRequest, invalid, type Status } from '../../api/status.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import { fromResource } from '../../kinds/define.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import type { UserInfo } from '../authentication/user.ts'
import { exactFields, pathRequest, resourceRequest, type Attributes } from './attributes.ts'
import type { Authorizer } from './authorizer.ts'

interface ResourceAttributes {
  readonly namespace?: string
  readonly verb?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  readonly fieldSelector?: { readonly rawSelector?: string }
}

interface ReviewSpec {
  readonly resourceAttributes?: ResourceAttributes
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
  readonly user?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: UserInfo['extra']
  readonly namespace?: string
  readonly token?: string
}

/** Who asks, when, and who knows the answer. */
export interface Reviewer {
  readonly authorizer: Authorizer
  readonly who: UserInfo
  readonly now: Micros
  readonly namespace: string
  /** The user whom a bearer token belongs to. */
  userOfToken?(token: string): UserInfo | undefined
}

type Review = (reviewer: Reviewer, sent: KubeObject) => KubeObject | Status

const AUTHORIZATION = 'authorization.k8s.io'
const AUTHENTICATION = 'authentication.k8s.io'

const KINDS: readonly (readonly [group: string, kind: string, review: Review])[] = [
  [AUTHORIZATION, 'SelfSubjectAccessReview', (reviewer, sent) => access(reviewer, sent, reviewer.who, 'SelfSubjectAccessReview')],
  [AUTHORIZATION, 'SubjectAccessReview', (reviewer, sent) => access(reviewer, sent, userOf(sent), 'SubjectAccessReview')],
  [AUTHORIZATION, 'LocalSubjectAccessReview', (reviewer, sent) => access(reviewer, sent, userOf(sent), 'LocalSubjectAccessReview')],
  [AUTHORIZATION, 'SelfSubjectRulesReview', rules],
  [AUTHENTICATION, 'SelfSubjectReview', whoAmI],
  [AUTHENTICATION, 'TokenReview', tokenReview],
]

export interface ReviewKind {
  readonly kind: KindDefinition
  readonly answer: Review
}

let byPlural: ReadonlyMap<string, ReviewKind> | undefined

/** Kinds that only answer: nothing of them is stored (pkg/registry/authorization, authentication). */
export function reviewKind(group: string, version: string, plural: string): ReviewKind | undefined {
  if (group !== AUTHORIZATION && group !== AUTHENTICATION) return undefined
  byPlural ??= new Map(
    KINDS.map(([g, kindName, answer]) => {
      const kind = fromResource<KubeObject>(resourceOfKind({ group: g, version: 'v1', kind: kindName })!, {}, true)
      return [`${g}/v1/${kind.plural}`, { kind, answer }] as const
    }),
  )
  return byPlural.get(`${group}/${version}/${plural}`)
}

const specOf = (sent: KubeObject): ReviewSpec => (sent.spec ?? {}) as ReviewSpec
const userOf = (sent: KubeObject): UserInfo => {
  const { user = '', uid, groups = [], extra } = specOf(sent)
  return { name: user, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }
}

function access(reviewer: Reviewer, sent: KubeObject, user: UserInfo, kind: string): KubeObject | Status {
  const errors = check(sent, kind)
  if (errors.length > 0) return invalid({ group: AUTHORIZATION, kind }, '', errors)
  const { allowed, reason } = reviewer.authorizer.verdict(attributesOf(specOf(sent), user))
  const { name: _name, ...metadata } = sent.metadata as { readonly name?: string }
  return { ...sent, metadata: metadata as KubeObject['metadata'], status: { allowed, ...(reason ? { reason } : {}) } }
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec, user: UserInfo): Attributes {
  if (nonResourceAttributes) return pathRequest(user, nonResourceAttributes.verb ?? '', nonResourceAttributes.path ?? '')
  const { verb = '', group = '', resource = '', namespace = '', name = '', subresource = '', fieldSelector } = resourceAttributes ?? {}
  const asked = resourceRequest(user, verb, group, resource, namespace, name, subresource)
  return fieldSelector?.rawSelector ? { ...asked, fields: exactFields(fieldSelector.rawSelector) } : asked
}

/** pkg/apis/authorization/validation. */
function check(sent: KubeObject, kind: string): readonly FieldError[] {
  const { resourceAttributes, nonResourceAttributes, user, groups } = specOf(sent)
  const out: FieldError[] = []
  if (resourceAttributes && nonResourceAttributes)
    out.push(invalidValue('spec.nonResourceAttributes', { Path: nonResourceAttributes.path ?? '', Verb: nonResourceAttributes.verb ?? '' }, 'cannot be specified in combination with resourceAttributes'))
  if (!resourceAttributes && !nonResourceAttributes)
    out.push(invalidValue('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'))
  if (kind !== 'SelfSubjectAccessReview' && !user && !groups?.length) out.push(invalidValue('spec.user', user ?? '', 'at least one of user or group must be specified'))
  const isLocal = kind === 'LocalSubjectAccessReview'
  const { namespace, ...meta } = sent.metadata as { readonly namespace?: string }
  if (Object.values({ ...meta, ...(isLocal ? {} : { namespace }) }).some((value) => value !== undefined && value !== ''))
    out.push(invalidValue('metadata', sent.metadata, isLocal ? 'must be empty except for namespace' : 'must be empty'))
  if (isLocal && resourceAttributes && (resourceAttributes.namespace ?? '') !== (namespace ?? ''))
    out.push(invalidValue('spec.resourceAttributes.namespace', resourceAttributes.namespace ?? '', 'must match metadata.namespace'))
  if (isLocal && nonResourceAttributes) out.push(invalidValue('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'))
  return out
}

/** What the asking user may do in a namespace: the rules of his bindings as they stand. */
function rules({ authorizer, who }: Reviewer, sent: KubeObject): KubeObject | Status {
  const namespace = specOf(sent).namespace
  if (!namespace) return badRequest('no namespace on request')
  const grants = authorizer.grants(who, namespace)
  const held = grants.flatMap((grant) => grant.rules)
  const resourceRules = held.filter((rule) => rule.resources?.length).map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...(resourceNames?.length ? { resourceNames } : {}) }))
  const nonResourceRules = held.filter((rule) => rule.nonResourceURLs?.length).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }))
  return { apiVersion: sent.apiVersion, kind: sent.kind, metadata: {} as KubeObject['metadata'], spec: {}, status: { resourceRules, nonResourceRules, incomplete: false } }
}

const shown = ({ name, uid, groups, extra }: UserInfo): object => ({
  username: name, ...(uid ? { uid } : {}), ...(groups.length > 0 ? { groups } : {}), ...(extra ? { extra } : {}),
})

function whoAmI({ who, now }: Reviewer, sent: KubeObject): KubeObject {
  const metadata = { creationTimestamp: formatTime(now) } as unknown as KubeObject['metadata']
  return { apiVersion: sent.apiVersion, kind: sent.kind, metadata, status: { userInfo: shown(who) } }
}

function tokenReview(reviewer: Reviewer, sent: KubeObject): KubeObject | Status {
  const token = specOf(sent).token
  if (!token) return badRequest('token is required for TokenReview in authentication')
  const user = reviewer.userOfToken?.(token)
  const status = user ? { authenticated: true, user: shown(user), audiences: ['https://kubernetes.default.svc.cluster.local'] } : { user: {}, error: 'invalid bearer token' }
  return { ...sent, metadata: {} as KubeObject['metadata'], status }
}

