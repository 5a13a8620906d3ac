import { randomSuffix } from '../../api/name-suffix.ts'
import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
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
    const named: Pod = { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name } as Pod['spec'] }
    const mounts = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    return mounts ? withToken(named, randomSuffix(exec.means.names)) : named
  },
}

function withToken(pod: Pod, suffix: string): Pod {
  const volume = `kube-api-access-${suffix}`
  let used = false
  const mount = (container: Container): Container => {
    if (container.volumeMounts?.some((m) => m.mountPath === MOUNT_PATH)) return container
    used = true
    return { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: MOUNT_PATH }] }
  }
  const containers = pod.spec.containers.map(mount)
  const initContainers = pod.spec.initContainers?.map(mount)
  if (!used) return pod
  const projected = {
    name: volume,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 420,
    },
  }
  return {
    ...pod,
    spec: { ...pod.spec, volumes: [...(pod.spec.volumes ?? []), projected], containers, ...(initContainers ? { initContainers } : {}) },
  } as Pod
}
