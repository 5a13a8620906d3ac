import { randomSuffix } from '../../api/name-suffix.ts'
import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { forbidden } from '../../api/status.ts'
import type { AdmissionPlugin } from './plugin.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const MIRROR = 'kubernetes.io/config.mirror'

/** Gives a pod its service account and mounts the account's token (plugin/pkg/admission/serviceaccount). */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: ['pods'],
  keepsValid: true,
  admit(exec, object, old) {
    if (old || object.metadata.annotations?.[MIRROR]) return object
    const pod = object as Pod
    const name = pod.spec.serviceAccountName || 'default'
    const account = exec.store.get(`serviceaccounts/${exec.namespace}/${name}`) as { automountServiceAccountToken?: boolean } | undefined
    if (!account)
      return forbidden(
        { group: '', resource: 'pods' },
        pod.metadata.name || pod.metadata.generateName || '',
        `error looking up service account ${exec.namespace}/${name}: serviceaccount "${name}" not found`,
      )
    const mounts = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    const token = mounts ? tokenMounts(pod.spec, randomSuffix(exec.means.names)) : undefined
    return { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name, ...token } as PodSpec }
  },
}

const TOKEN = {
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 420,
}

/** The members of a spec that mount the token where nothing is mounted yet; undefined where no container needs it. */
function tokenMounts(spec: PodSpec, suffix: string): Partial<PodSpec> | undefined {
  const volume = `kube-api-access-${suffix}`
  let used = false
  const mount = (container: Container): Container => {
    const mounts = container.volumeMounts
    if (mounts?.some((m) => m.mountPath === MOUNT_PATH)) return container
    used = true
    const added = { name: volume, readOnly: true, mountPath: MOUNT_PATH }
    return { ...container, volumeMounts: mounts ? [...mounts, added] : [added] }
  }
  const containers = spec.containers.map(mount)
  const initContainers = spec.initContainers?.map(mount)
  if (!used) return undefined
  const projected = { name: volume, projected: TOKEN }
  return { volumes: spec.volumes ? [...spec.volumes, projected] : [projected], containers, ...(initContainers ? { initContainers } : {}) }
}
