import { semanticEqual } from '../../api/deep.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { forbidden, notFound, type Status } from '../../api/status.ts'
import { nodeOf } from '../authentication/user.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const RESTRICTED = 'node-restriction.kubernetes.io'
/** Labels of Kubernetes' own domains that kubelets may set (k8s.io/kubelet/pkg/apis: well_known_labels.go). */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type', 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch',
])
const KUBELET_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io']

type Check = (exec: Execution, node: string, object: KubeObject | undefined, old: KubeObject | undefined) => Status | undefined

const refuse = ({ kind, name }: Execution, object: KubeObject | undefined, why: string): Status =>
  forbidden({ group: kind.group, resource: kind.plural }, name || object?.metadata.name || '', why)

/**
 * Kubelets change only what belongs to their node (plugin/pkg/admission/noderestriction). Everybody else passes.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  resources: ['pods', 'nodes', 'persistentvolumeclaims', 'serviceaccounts', 'leases', 'csinodes', 'resourceslices', 'certificatesigningrequests'],
  subresources: ['*'],
  keepsValid: true,
  admit: (exec, object, old) => check(exec, object, old) ?? object,
  refuseDeletion: (exec, old) => check(exec, undefined, old),
}

function check(exec: Execution, object: KubeObject | undefined, old: KubeObject | undefined): Status | undefined {
  const node = nodeOf(exec.who)
  if (node === undefined) return undefined
  if (!node) return refuse(exec, object, `could not determine node from user ${JSON.stringify(exec.user)}`)
  return Object.hasOwn(CHECKS, exec.kind.plural) ? CHECKS[exec.kind.plural]!(exec, node, object, old) : undefined
}

const pods: Check = (exec, node, object, old) => {
  const self = JSON.stringify(node)
  const pod = old as Pod | undefined
  switch (exec.subresource) {
    case '':
      if (!object) return pod?.spec.nodeName === node ? undefined : refuse(exec, old, `node ${self} can only delete pods with spec.nodeName set to itself`)
      return old ? refuse(exec, object, `unexpected operation "UPDATE", node ${self} can only create and delete mirror pods`) : createdPod(exec, node, object as Pod)
    case 'status':
      if (pod?.spec.nodeName !== node) return refuse(exec, object, `node ${self} can only update pod status for pods with spec.nodeName set to itself`)
      if (!semanticEqual(object?.metadata.labels, pod.metadata.labels)) return refuse(exec, object, `node ${self} cannot update labels through pod status`)
      return undefined
    case 'eviction': {
      const target = exec.store.get(`pods/${exec.namespace}/${exec.name}`) as Pod | undefined
      if (!target) return notFound({ group: '', resource: 'pods' }, exec.name)
      return target.spec.nodeName === node ? undefined : refuse(exec, object, `node ${node} can only evict pods with spec.nodeName set to itself`)
    }
    default:
      return refuse(exec, object, `unexpected pod subresource ${JSON.stringify(exec.subresource)}, only 'status' and 'eviction' are allowed`)
  }
}

function createdPod(exec: Execution, node: string, pod: Pod): Status | undefined {
  const self = JSON.stringify(node)
  const no = (why: string): Status => refuse(exec, pod, why)
  if (pod.metadata.annotations?.[MIRROR] === undefined) return no(`pod does not have "${MIRROR}" annotation, node ${self} can only create mirror pods`)
  if (pod.spec.nodeName !== node) return no(`node ${self} can only create pods with spec.nodeName set to itself`)
  const owners = pod.metadata.ownerReferences ?? []
  if (owners.length > 1) return no(`node ${self} can only create pods with a single owner reference set to itself`)
  const [owner] = owners
  if (!owner || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) return no(`node ${self} can only create pods with an owner reference set to itself`)
  if (owner.controller !== true) return no(`node ${self} can only create pods with a controller owner reference set to itself`)
  if (owner.blockOwnerDeletion) return no(`node ${self} must not set blockOwnerDeletion on an owner reference`)
  const uid = exec.store.get(`nodes/${node}`)?.metadata.uid
  if (uid === undefined) return notFound({ group: '', resource: 'nodes' }, node)
  return owner.uid === uid ? undefined : no(`node ${node} UID mismatch: expected ${owner.uid} got ${uid}`)
}

const nodes: Check = (exec, node, object, old) => {
  const name = exec.name || (object ?? old)?.metadata.name || ''
  const self = JSON.stringify(node)
  if (name !== node) return refuse(exec, object, `node ${self} is not allowed to modify node ${JSON.stringify(name)}`)
  if (!object) return undefined
  const forbiddenKeys = forbiddenLabels(object.metadata.labels, old?.metadata.labels)
  if (!old) return forbiddenKeys.length > 0 ? refuse(exec, object, `node ${self} is not allowed to set the following labels: ${forbiddenKeys.join(', ')}`) : undefined
  const taints = (of: KubeObject): unknown => (of.spec as { readonly taints?: unknown } | undefined)?.taints
  if (!semanticEqual(taints(object), taints(old))) return refuse(exec, object, `node ${self} is not allowed to modify taints`)
  if (!semanticEqual(object.metadata.ownerReferences, old.metadata.ownerReferences)) return refuse(exec, object, `node ${self} is not allowed to modify ownerReferences`)
  return forbiddenKeys.length > 0 ? refuse(exec, object, `is not allowed to modify labels: ${forbiddenKeys.join(', ')}`) : undefined
}

function forbiddenLabels(labels: StringMap = {}, before: StringMap = {}): readonly string[] {
  if (labels === before) return []
  const changed = [...new Set([...Object.keys(labels), ...Object.keys(before)])].filter((key) => labels[key] !== before[key])
  const within = (domain: string, of: string): boolean => domain === of || domain.endsWith(`.${of}`)
  return changed
    .filter((key) => {
      const domain = key.includes('/') ? key.split('/')[0]! : ''
      if (within(domain, RESTRICTED)) return true
      if (!within(domain, 'kubernetes.io') && !within(domain, 'k8s.io')) return false
      return !KUBELET_LABELS.has(key) && !KUBELET_DOMAINS.some((own) => within(domain, own))
    })
    .sort()
}

const claims: Check = (exec, node, object, old) => {
  if (exec.subresource !== 'status') return refuse(exec, object, 'may only update PVC status')
  if (!object || !old) return undefined
  const rest = ({ metadata: { resourceVersion: _rv, managedFields: _mf, ...metadata }, status, ...body }: KubeObject): object => {
    const { capacity: _c, conditions: _n, allocatedResources: _a, allocatedResourceStatuses: _s, ...others } = (status ?? {}) as Record<string, unknown>
    return { ...body, metadata, status: others }
  }
  return semanticEqual(rest(object), rest(old)) ? undefined : refuse(exec, object, `node ${JSON.stringify(node)} is not allowed to update fields other than status.quantity and status.conditions`)
}

const accounts: Check = (exec, node, object) => {
  if (exec.subresource !== 'token' || !object) return undefined
  const ref = (object.spec as { readonly boundObjectRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string; readonly uid?: string } } | undefined)?.boundObjectRef
  if (!ref || ref.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) return refuse(exec, object, 'node requested token not bound to a pod')
  if (!ref.uid) return refuse(exec, object, 'node requested token with a pod binding without a uid')
  const pod = exec.store.get(`pods/${exec.namespace}/${ref.name}`) as Pod | undefined
  if (!pod) return notFound({ group: '', resource: 'pods' }, ref.name)
  if (pod.metadata.uid !== ref.uid)
    return refuse(exec, object, `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`)
  return pod.spec.nodeName === node ? undefined : refuse(exec, object, 'node requested token bound to a pod scheduled on a different node')
}

/** What a node has exactly one of, by its own name. */
const own = (text: string): Check => (exec, node, object, old) => {
  const name = (object ?? old)?.metadata.name
  return name === node ? undefined : refuse(exec, object, text)
}

const leases: Check = (exec, node, object, old) =>
  exec.namespace === 'kube-node-lease'
    ? own('can only access node lease with the same name as the requesting node')(exec, node, object, old)
    : refuse(exec, object, 'can only access leases in the "kube-node-lease" system namespace')

const slices: Check = (exec, node, object, old) => {
  const of = (slice: KubeObject | undefined): unknown => (slice?.spec as { readonly nodeName?: string } | undefined)?.nodeName
  return of(old ?? object) === node ? undefined : refuse(exec, object, 'can only create ResourceSlice with the same NodeName as the requesting node')
}

const CHECKS: Readonly<Record<string, Check>> = {
  pods,
  nodes,
  persistentvolumeclaims: claims,
  serviceaccounts: accounts,
  leases,
  csinodes: own('can only access CSINode with the same name as the requesting node'),
  resourceslices: slices,
}
