import { controllerOf, type KubeObject, type ManagedFieldsEntry } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import { afterUpdate, apiVersionOf, entriesOf } from './managers.ts'

const KCM = 'kube-controller-manager'
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const GIVEN_TOLERATIONS: ReadonlySet<string> = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])

/** Which component makes objects of a kind that nobody owns; others may be anybody's. */
const MAKERS: Readonly<Record<string, (object: KubeObject) => string | undefined>> = {
  nodes: () => 'kubelet',
  csinodes: () => 'kubelet',
  leases: ({ metadata }) => (metadata.namespace === 'kube-node-lease' ? 'kubelet' : undefined),
  endpoints: byService,
  endpointslices: byService,
  configmaps: ({ metadata }) => (metadata.name === 'kube-root-ca.crt' ? KCM : undefined),
  serviceaccounts: ({ metadata }) => (metadata.name === 'default' ? KCM : undefined),
  apiservices: () => 'kube-apiserver',
  ipaddresses: () => 'kube-apiserver',
  events: (object) => (object as { reportingComponent?: string; reportingController?: string }).reportingComponent ?? (object as { reportingController?: string }).reportingController,
}

function byService({ metadata }: KubeObject): string {
  return metadata.namespace === 'default' && metadata.name === 'kubernetes' ? 'kube-apiserver' : KCM
}

function makerOf({ plural }: KindDefinition, object: KubeObject): string | undefined {
  const owner = controllerOf(object)
  if (owner) return owner.kind === 'Node' ? 'kubelet' : KCM
  return Object.hasOwn(MAKERS, plural) ? MAKERS[plural]!(object) : undefined
}

/** The pod as its controller sent it: without what admission and the scheduler have added. */
function asSent(pod: Pod): KubeObject {
  const { nodeName: _bound, priority: _p, preemptionPolicy: _pp, serviceAccount: _old, serviceAccountName, tolerations, volumes, containers, ...spec } = pod.spec
  const own = tolerations?.filter((t) => !(t.key !== undefined && GIVEN_TOLERATIONS.has(t.key) && t.tolerationSeconds !== undefined))
  const kept = volumes?.filter((v) => !v.name.startsWith('kube-api-access-'))
  return {
    ...pod,
    spec: {
      ...spec,
      ...(serviceAccountName === 'default' ? {} : { serviceAccountName }),
      ...(own?.length ? { tolerations: own } : {}),
      ...(kept?.length ? { volumes: kept } : {}),
      containers: containers.map(({ volumeMounts, ...container }) => {
        const mounts = volumeMounts?.filter((m) => m.mountPath !== TOKEN_PATH)
        return { ...container, ...(mounts?.length ? { volumeMounts: mounts } : {}) }
      }),
    },
  } as unknown as KubeObject
}

/** The latest instant that the status tells of. */
function statusTime({ metadata, status }: KubeObject): string {
  const conditions = (status as { readonly conditions?: readonly { readonly lastTransitionTime?: string }[] } | undefined)?.conditions ?? []
  return conditions.reduce((latest, { lastTransitionTime: time }) => (time !== undefined && time > latest ? time : latest), metadata.creationTimestamp ?? '')
}

const guesses = new WeakMap<KubeObject, readonly ManagedFieldsEntry[]>()

/**
 * `managedFields` of what components have made for themselves, of which no account is kept: worked out from the object when
 * somebody looks. Its maker has what it was made with; a node's kubelet, or the maker, the status.
 */
export function likelyManagers(kind: KindDefinition, object: KubeObject): readonly ManagedFieldsEntry[] {
  let found = guesses.get(object)
  if (!found) guesses.set(object, (found = guess(kind, object)))
  return found
}

function guess(kind: KindDefinition, object: KubeObject): readonly ManagedFieldsEntry[] {
  const manager = makerOf(kind, object)
  if (!manager) return []
  const apiVersion = apiVersionOf(kind)
  const { status: _later, ...made } = object as KubeObject & { readonly status?: unknown }
  const to = kind.plural === 'pods' ? asSent(made as Pod) : (made as KubeObject)
  const owners = afterUpdate(kind, [], { manager, apiVersion, subresource: '', time: object.metadata.creationTimestamp ?? '', to })
  if (object.status === undefined || !kind.subresources.includes('status')) return entriesOf(owners)
  const reporter = kind.plural === 'pods' || kind.plural === 'nodes' ? 'kubelet' : manager
  const write = { manager: reporter, apiVersion, subresource: 'status', time: statusTime(object), from: made as KubeObject, to: object }
  return entriesOf(afterUpdate(kind, owners, write))
}
