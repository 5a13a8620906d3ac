import type { ContainerPort } from '../api/container.ts'

/** "80/TCP (http), 443/TCP": a container's ports, or those of its host (kubectl: describeContainerPorts). */
export const portText = (ports: readonly ContainerPort[] | undefined, host: boolean): string =>
  (ports ?? []).map((p) => `${host ? (p.hostPort ?? 0) : p.containerPort}/${p.protocol ?? 'TCP'}${p.name ? ` (${p.name})` : ''}`).join(', ')
