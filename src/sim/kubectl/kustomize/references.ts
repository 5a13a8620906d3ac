import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { isMap } from '../../api/patch/lists.ts'
import { asJson, asObject, type Resource } from './resource.ts'
import { changeAt, path, type FieldPath } from './tree.ts'

/** Where a kind of object is named by others (kustomize: konfig/builtinpluginconsts, namereference.go). */
interface Reference {
  readonly to: string
  readonly from: string
  readonly at: FieldPath
}

const PODS: Readonly<Record<string, string>> = {
  Pod: 'spec', Deployment: 'spec/template/spec', ReplicaSet: 'spec/template/spec', DaemonSet: 'spec/template/spec', StatefulSet: 'spec/template/spec',
  ReplicationController: 'spec/template/spec', Job: 'spec/template/spec', CronJob: 'spec/jobTemplate/spec/template/spec', PodTemplate: 'template/spec',
}
const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers']
const IN_PODS: readonly (readonly [to: string, at: string])[] = [
  ...CONTAINERS.flatMap((c): readonly (readonly [string, string])[] => [
    ['ConfigMap', `${c}/env/valueFrom/configMapKeyRef/name`], ['ConfigMap', `${c}/envFrom/configMapRef/name`], ['Secret', `${c}/env/valueFrom/secretKeyRef/name`], ['Secret', `${c}/envFrom/secretRef/name`],
  ]),
  ['ConfigMap', 'volumes/configMap/name'], ['ConfigMap', 'volumes/projected/sources/configMap/name'], ['Secret', 'volumes/secret/secretName'],
  ['Secret', 'volumes/projected/sources/secret/name'], ['Secret', 'imagePullSecrets/name'], ['ServiceAccount', 'serviceAccountName'], ['ServiceAccount', 'serviceAccount'],
  ['PersistentVolumeClaim', 'volumes/persistentVolumeClaim/claimName'], ['PriorityClass', 'priorityClassName'], ['RuntimeClass', 'runtimeClassName'],
]
const OTHERS: readonly (readonly [to: string, from: string, at: string])[] = [
  ['Secret', 'Ingress', 'spec/tls/secretName'], ['Service', 'Ingress', 'spec/rules/http/paths/backend/service/name'], ['Service', 'Ingress', 'spec/defaultBackend/service/name'],
  ['Service', 'StatefulSet', 'spec/serviceName'], ['Secret', 'ServiceAccount', 'secrets/name'], ['Secret', 'ServiceAccount', 'imagePullSecrets/name'],
  ['Service', 'APIService', 'spec/service/name'], ['Service', 'ValidatingWebhookConfiguration', 'webhooks/clientConfig/service/name'], ['Service', 'MutatingWebhookConfiguration', 'webhooks/clientConfig/service/name'],
  ['Role', 'RoleBinding', 'roleRef/name'], ['ClusterRole', 'RoleBinding', 'roleRef/name'], ['ClusterRole', 'ClusterRoleBinding', 'roleRef/name'],
  ['ServiceAccount', 'RoleBinding', 'subjects'], ['ServiceAccount', 'ClusterRoleBinding', 'subjects'],
  ['PersistentVolume', 'PersistentVolumeClaim', 'spec/volumeName'], ['StorageClass', 'PersistentVolumeClaim', 'spec/storageClassName'], ['StorageClass', 'PersistentVolume', 'spec/storageClassName'],
  ['StorageClass', 'StatefulSet', 'spec/volumeClaimTemplates/spec/storageClassName'], ['IngressClass', 'Ingress', 'spec/ingressClassName'],
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'].map((to) => [to, 'HorizontalPodAutoscaler', 'spec/scaleTargetRef/name'] as const),
]
const REFERENCES: readonly Reference[] = [
  ...Object.entries(PODS).flatMap(([from, base]) => IN_PODS.map(([to, at]) => ({ to, from, at: path(`${base}/${at}`) }))),
  ...OTHERS.map(([to, from, at]) => ({ to, from, at: path(at) })),
]

/** All resources with their references pointing to the names that the others have now. */
export function withReferences(resources: readonly Resource[]): readonly Resource[] {
  return resources.map((resource) => {
    const { object } = resource
    let value: JsonValue = asJson(object)
    for (const { to, from, at } of REFERENCES) {
      if (from !== object.kind) continue
      if (at.at(-1) === 'subjects') value = changeAt(value, at, false, (old) => subjects(old, resources))
      else if (kindFits(object, at, to)) value = changeAt(value, at, false, (old) => (typeof old === 'string' ? nameNow(resources, to, old, object.metadata.namespace) : old))
    }
    return value === asJson(object) ? resource : { ...resource, object: asObject(value) }
  })
}

/** roleRef and scaleTargetRef say themselves of which kind they speak. */
function kindFits(object: KubeObject, at: FieldPath, to: string): boolean {
  const ref = at.length > 1 ? (at.slice(0, -1).reduce<JsonValue | undefined>((v, step) => (isMap(v) ? v[step] : undefined), asJson(object)) as JsonObject | undefined) : undefined
  return !isMap(ref) || typeof ref.kind !== 'string' || ref.kind === to
}

function nameNow(resources: readonly Resource[], kind: string, name: string, namespace: string | undefined): string {
  const found = resources.filter((r) => r.object.kind === kind && r.names.includes(name))
  const near = found.find((r) => (r.object.metadata.namespace ?? '') === (namespace ?? '')) ?? (found.length === 1 ? found[0] : undefined)
  return near?.object.metadata.name ?? name
}

function subjects(value: JsonValue | undefined, resources: readonly Resource[]): JsonValue | undefined {
  if (!Array.isArray(value)) return value
  return (value as readonly JsonObject[]).map((s) => {
    if (!isMap(s) || s.kind !== 'ServiceAccount') return s
    const found = resources.find((r) => r.object.kind === 'ServiceAccount' && r.names.includes(`${s.name}`) && r.spaces.includes(`${s.namespace ?? ''}`))
    if (!found) return s
    const { name, namespace } = found.object.metadata
    return { ...s, name, ...(namespace ? { namespace } : {}) }
  })
}
