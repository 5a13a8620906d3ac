import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { PolicyRule } from '../../api/rbac.ts'
import type { ObjectStore } from '../../store/store.ts'
import type { Attributes, Verdict } from './attributes.ts'
import { ruleAllows } from './rules.ts'

const ALLOWED: Verdict = { allowed: true, reason: '' }
const no = (reason: string): Verdict => ({ allowed: false, reason })

/**
 * What kubelets may do (plugin/pkg/auth/authorizer/node): their own Node, Lease and CSINode, the pods on their node and
 * what these pods mention; everything else by the rules of the role system:node.
 */
export function nodeVerdict(store: ObjectStore, node: string, asked: Attributes, rules: readonly PolicyRule[]): Verdict {
  if (asked.path === undefined) {
    const what = asked.group ? `${asked.resource}.${asked.group}` : asked.resource
    if (Object.hasOwn(SPECIAL, what)) return SPECIAL[what]!(store, node, asked)
  }
  return rules.some((rule) => ruleAllows(rule, asked)) ? ALLOWED : no('')
}

type Check = (store: ObjectStore, node: string, asked: Attributes) => Verdict
type Related = (store: ObjectStore, node: string, namespace: string, name: string) => boolean

function related(is: Related): Check {
  return (store, node, { namespace, name }) => {
    if (!name) return no('No Object name found')
    return is(store, node, namespace, name) ? ALLOWED : no(`no relationship found between node '${node}' and this object`)
  }
}

function getting(is: Related): Check {
  const allowed = related(is)
  return (store, node, asked) => {
    if (asked.verb !== 'get') return no('can only get individual resources of this type')
    return asked.subresource ? no('cannot get subresource') : allowed(store, node, asked)
  }
}

function reading(is: Related): Check {
  const allowed = related(is)
  return (store, node, asked) => {
    if (asked.verb !== 'get' && asked.verb !== 'list' && asked.verb !== 'watch') return no('can only read resources of this type')
    if (asked.subresource) return no('cannot read subresource')
    return asked.namespace ? allowed(store, node, asked) : no('can only read namespaced object of this type')
  }
}

function podsOn(store: ObjectStore, node: string, namespace: string): Pod[] {
  return store.keys('pods', namespace).map((key) => store.get(key) as Pod).filter((pod) => pod.spec.nodeName === node)
}

/** Does any part of the pod's spec mention `name` under one of these keys? */
function mentions(value: unknown, keys: ReadonlySet<string>, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((item) => mentions(item, keys, name))
  return Object.entries(value).some(([key, inner]) =>
    keys.has(key) && ((inner as { name?: string }).name === name || (inner as { secretName?: string }).secretName === name) ? true : mentions(inner, keys, name),
  )
}

const SECRETS = new Set(['secretRef', 'secretKeyRef', 'secret', 'nodePublishSecretRef'])
const CONFIG_MAPS = new Set(['configMapRef', 'configMapKeyRef', 'configMap'])
const hasAccount: Related = (store, node, namespace, name) => podsOn(store, node, namespace).some((pod) => pod.spec.serviceAccountName === name)
const hasClaim: Related = (store, node, namespace, name) => podsOn(store, node, namespace).some((pod) => claimsOf(pod).includes(name))
const claimsOf = (pod: Pod): readonly string[] =>
  (pod.spec.volumes ?? []).flatMap((v) => (v.persistentVolumeClaim ? [v.persistentVolumeClaim.claimName] : v.ephemeral ? [`${pod.metadata.name}-${v.name}`] : []))
const hasSecret: Related = (store, node, namespace, name) =>
  podsOn(store, node, namespace).some((pod) => pod.spec.imagePullSecrets?.some((ref) => ref.name === name) || mentions(pod.spec, SECRETS, name))
const hasConfigMap: Related = (store, node, namespace, name) => podsOn(store, node, namespace).some((pod) => mentions(pod.spec, CONFIG_MAPS, name))
const hasPod: Related = (store, node, namespace, name) => (store.get(`pods/${namespace}/${name}`) as Pod | undefined)?.spec.nodeName === node
const hasVolume: Related = (store, node, _namespace, name) => {
  const claim = (store.get(`persistentvolumes/${name}`)?.spec as { claimRef?: { namespace?: string; name?: string } } | undefined)?.claimRef
  return claim?.namespace !== undefined && claim.name !== undefined && hasClaim(store, node, claim.namespace, claim.name)
}
const onNode = (plural: string): Related => (store, node, _namespace, name) =>
  ((store.get(`${plural}/${name}`) as KubeObject | undefined)?.spec as { nodeName?: string } | undefined)?.nodeName === node
const hasResourceClaim: Related = (store, node, namespace, name) =>
  podsOn(store, node, namespace).some((pod) =>
    [...((pod.spec as { resourceClaims?: readonly { resourceClaimName?: string }[] }).resourceClaims ?? []), ...((pod.status as { resourceClaimStatuses?: readonly { resourceClaimName?: string }[] } | undefined)?.resourceClaimStatuses ?? [])]
      .some((ref) => ref.resourceClaimName === name))

function own(kind: string, what: string, home?: string): Check {
  return (_store, node, { verb, namespace, name, subresource }) => {
    if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) return no(`can only get, create, update, patch, or delete a ${what}`)
    if (home && namespace !== home) return no(`can only access leases in the ${JSON.stringify(home)} system namespace`)
    if (!home && subresource) return no(`cannot authorize ${kind} subresources`)
    return verb === 'create' || name === node ? ALLOWED : no(`can only access ${home ? 'node lease' : kind} with the same name as the requesting node`)
  }
}

const node: Check = (_store, self, { verb, subresource, name }) => {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : no('')
  if (subresource) return no('')
  if (verb === 'create' || verb === 'update' || verb === 'patch') return ALLOWED
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return no('')
  if (name === self) return ALLOWED
  return no(name ? `node '${self}' cannot read '${name}', only its own Node object` : `node '${self}' cannot read all nodes, only its own Node object`)
}

const pods: Check = (store, self, asked) => {
  const { verb, subresource, name, fields } = asked
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : no('')
  if (subresource === 'eviction') return verb === 'create' ? ALLOWED : no('')
  if (subresource) return no('')
  if (verb === 'create' || verb === 'delete') return ALLOWED
  if (verb === 'get') return getting(hasPod)(store, self, asked)
  if (verb !== 'list' && verb !== 'watch') return no('')
  if (fields?.['spec.nodeName'] === self) return ALLOWED
  return name ? related(hasPod)(store, self, asked) : no('can only list/watch pods with spec.nodeName field selector')
}

const claims: Check = (store, self, asked) => {
  if (asked.subresource !== 'status') return getting(hasClaim)(store, self, asked)
  if (asked.verb !== 'update' && asked.verb !== 'patch') return no('can only get/update/patch this type')
  return related(hasClaim)(store, self, asked)
}

const accounts: Check = (store, self, asked) => {
  const { verb, subresource, name } = asked
  if (verb === 'get' && !subresource) return reading(hasAccount)(store, self, asked)
  if (verb !== 'create' || !name) return no('can only create tokens for individual service accounts')
  return subresource === 'token' ? related(hasAccount)(store, self, asked) : no('can only create token subresource of serviceaccount')
}

const slices: Check = (store, self, asked) => {
  const { verb, subresource, fields } = asked
  if (subresource) return no('cannot authorize ResourceSlice subresources')
  if (verb === 'create') return ALLOWED
  if (verb === 'get' || verb === 'update' || verb === 'patch' || verb === 'delete') return related(onNode('resourceslices'))(store, self, asked)
  if (verb !== 'watch' && verb !== 'list' && verb !== 'deletecollection')
    return no('only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection')
  return fields?.['spec.nodeName'] === self ? ALLOWED : no('can only list/watch/deletecollection resourceslices with nodeName field selector')
}

const SPECIAL: Readonly<Record<string, Check>> = {
  secrets: reading(hasSecret),
  configmaps: reading(hasConfigMap),
  persistentvolumeclaims: claims,
  persistentvolumes: getting(hasVolume),
  'resourceclaims.resource.k8s.io': getting(hasResourceClaim),
  'volumeattachments.storage.k8s.io': getting(onNode('volumeattachments')),
  serviceaccounts: accounts,
  'leases.coordination.k8s.io': own('Lease', 'node lease', 'kube-node-lease'),
  'csinodes.storage.k8s.io': own('CSINode', 'CSINode'),
  'resourceslices.resource.k8s.io': slices,
  nodes: node,
  pods,
}
