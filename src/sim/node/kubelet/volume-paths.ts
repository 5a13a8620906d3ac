import type { Volume } from '../../api/volume.ts'

const PLUGINS: readonly (readonly [keyof Volume, string])[] = [['emptyDir', 'empty-dir'], ['configMap', 'configmap'], ['secret', 'secret'], ['projected', 'projected'], ['downwardAPI', 'downward-api'], ['nfs', 'nfs'], ['persistentVolumeClaim', 'csi'], ['ephemeral', 'csi']]

/** The plugin that sets a volume up, by its name in paths; none for a folder of the node itself. */
export const pluginOf = (volume: Volume): string | undefined => PLUGINS.find(([field]) => volume[field] !== undefined)?.[1]

const PODS = '/var/lib/kubelet/pods'
const SANDBOXES = 'io.containerd.grpc.v1.cri/sandboxes'

/** Where on the node a pod's volume is. */
export function volumePath(uid: string, volume: Volume): string | undefined {
  const plugin = pluginOf(volume)
  return plugin && `${PODS}/${uid}/volumes/kubernetes.io~${plugin}/${volume.name}${plugin === 'csi' ? '/mount' : ''}`
}

/** Where the kubelet keeps a pod's /etc/hosts and a container's termination message, and the runtime a sandbox's own files. */
export const hostsPath = (uid: string): string => `${PODS}/${uid}/etc-hosts`
export const messagePath = (uid: string, container: string, id: string): string => `${PODS}/${uid}/containers/${container}/${id.slice(0, 8)}`
export const sandboxFile = (sandbox: string, name: string): string => `/var/lib/containerd/${SANDBOXES}/${sandbox}/${name}`
export const sandboxMemory = (sandbox: string): string => `/run/containerd/${SANDBOXES}/${sandbox}/shm`
export const subPathPath = (uid: string, volume: string, container: string, index: number): string => `${PODS}/${uid}/volume-subpaths/${volume}/${container}/${index}`
