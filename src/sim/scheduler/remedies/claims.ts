import type { KubeObject } from '../../api/meta.ts'
import type { NodeInfo } from '../node-info.ts'
import { nodeReaches } from '../plugins/volume-matching.ts'
import type { Objects } from '../plugin.ts'
import { BIND_COMPLETED, claimNameOf, claimOf, volumeOf, type PersistentVolume, type PersistentVolumeClaim } from '../storage.ts'
import type { Idea, Trial } from './trial.ts'

const PREFIX = 'on-trial-'

/** The pod's claims bound to volumes that every node reaches, as far as they have none that this node reaches. */
export function claimsServed(trial: Trial, { name, node }: NodeInfo): readonly Idea[] {
  const { namespace } = trial.pod.metadata
  const named = (trial.pod.spec.volumes ?? []).flatMap((volume) => claimNameOf(trial.pod, volume)?.name ?? [])
  const missing = named.filter((claim) => !claimOf(trial.objects, namespace, claim))
  const open = named.filter((claim) => {
    const found = claimOf(trial.objects, namespace, claim)
    const volume = found?.spec.volumeName && found.metadata.annotations?.[BIND_COMPLETED] !== undefined ? volumeOf(trial.objects, found.spec.volumeName) : undefined
    return found && !(volume && nodeReaches(volume, node))
  })
  if (missing.length + open.length === 0) return []
  const id = missing.length > 0 ? 'claimMissing' : 'claim'
  return [{ ...trial, objects: served(trial.objects, namespace, [...missing, ...open]), condition: { id, params: { claims: [...missing, ...open].join(', '), node: name } } }]
}

function served(objects: Objects, namespace: string | undefined, claims: readonly string[]): Objects {
  const get = <T extends KubeObject>(plural: string, ns: string | undefined, name: string): T | undefined => {
    if (plural === 'persistentvolumeclaims' && ns === namespace && claims.includes(name)) return claimOnTrial(claimOf(objects, ns, name), name, ns) as unknown as T
    if (plural === 'persistentvolumes' && name.startsWith(PREFIX)) return volumeOnTrial(name) as unknown as T
    return objects.get<T>(plural, ns, name)
  }
  return { get, list: (plural, ns) => objects.list(plural, ns) }
}

function claimOnTrial(claim: PersistentVolumeClaim | undefined, name: string, namespace: string | undefined): PersistentVolumeClaim {
  const metadata = { ...claim?.metadata, name, namespace, annotations: { ...claim?.metadata.annotations, [BIND_COMPLETED]: 'yes' } }
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim, metadata, spec: { ...claim?.spec, volumeName: `${PREFIX}${name}` }, status: { phase: 'Bound' } } as PersistentVolumeClaim
}

const volumeOnTrial = (name: string): PersistentVolume => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: {} }) as PersistentVolume
