import { splitApiVersion } from '../../api/meta.ts'
import type { Resource } from './resource.ts'

const FIRST = [
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap',
  'Secret', 'Endpoints', 'Service', 'LimitRange', 'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob', 'PodDisruptionBudget',
]
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

const rank = (kind: string): number => (LAST.includes(kind) ? 1000 + LAST.indexOf(kind) : FIRST.includes(kind) ? FIRST.indexOf(kind) - FIRST.length : 0)

/** What others need first (kustomize: LegacyOrderTransformer). */
export function inOrder(resources: readonly Resource[]): readonly Resource[] {
  const key = ({ object }: Resource): string => {
    const { group, version } = splitApiVersion(object.apiVersion)
    return [group, version, object.kind, object.metadata.namespace ?? '', object.metadata.name].join('\u0001')
  }
  return resources.map((r, i) => ({ r, i, rank: rank(r.object.kind), key: key(r) })).sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.i - b.i)).map(({ r }) => r)
}
