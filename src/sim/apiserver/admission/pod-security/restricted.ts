import { badSeccomp, procMount, unlessOwnUsers } from './baseline.ts'
import type { PodCheck, VersionedCheck } from './checks.ts'
import { containersText, contextOf, many, namesOf, quoted, setters, sortedOnce } from './words.ts'

const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']
const OTHER_VOLUMES = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc', 'azureFile',
  'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos',
]

/** Windows pods cannot set what the check asks for. */
const unlessWindows = (check: PodCheck): PodCheck => (pod) => ((pod.spec as { readonly os?: { readonly name?: string } }).os?.name === 'windows' ? undefined : check(pod))

const escalation: PodCheck = ({ containers }) => {
  const names = namesOf(containers, (c) => contextOf(c).allowPrivilegeEscalation !== false)
  return names.length > 0 ? { reason: 'allowPrivilegeEscalation != false', detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false` } : undefined
}

const capabilities: PodCheck = ({ containers }) => {
  const forbidden = (add: readonly string[] | undefined): readonly string[] => (add ?? []).filter((c) => c !== 'NET_BIND_SERVICE')
  const keeping = namesOf(containers, (c) => !contextOf(c).capabilities?.drop?.includes('ALL'))
  const adding = namesOf(containers, (c) => forbidden(contextOf(c).capabilities?.add).length > 0)
  const added = sortedOnce(containers.flatMap((c) => forbidden(contextOf(c).capabilities?.add)))
  const details = [
    ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${containersText(adding)} must not include ${quoted(added)} in securityContext.capabilities.add`] : []),
  ]
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined
}

const volumes: PodCheck = ({ spec }) => {
  const has = (volume: object, types: readonly string[]): string | undefined => types.find((type) => (volume as Readonly<Record<string, unknown>>)[type] !== undefined)
  const bad = (spec.volumes ?? []).filter((volume) => !has(volume, VOLUMES))
  if (bad.length === 0) return undefined
  const types = sortedOnce(bad.map((volume) => has(volume, OTHER_VOLUMES) ?? 'unknown'))
  return {
    reason: 'restricted volume types',
    detail: `${many('volume', bad.length)} ${quoted(bad.map((v) => v.name))} ${many('uses', bad.length, 'use')} ${many('restricted volume type', types.length)} ${quoted(types)}`,
  }
}

const nonRoot: PodCheck = ({ spec, containers }) => {
  const reason = 'runAsNonRoot != true'
  const podSays = contextOf(spec).runAsNonRoot
  const who = setters(podSays === false, namesOf(containers, (c) => contextOf(c).runAsNonRoot === false))
  if (who) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent = podSays === true ? [] : namesOf(containers, (c) => contextOf(c).runAsNonRoot === undefined)
  return silent.length > 0 ? { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` } : undefined
}

const runAsUser: PodCheck = ({ spec, containers }) => {
  const who = setters(contextOf(spec).runAsUser === 0, namesOf(containers, (c) => contextOf(c).runAsUser === 0))
  return who ? { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` } : undefined
}

const seccomp: PodCheck = (pod) => {
  const bad = badSeccomp(pod)
  if (bad || contextOf(pod.spec).seccompProfile) return bad
  const silent = namesOf(pod.containers, (c) => !contextOf(c).seccompProfile)
  if (silent.length === 0) return undefined
  return { reason: 'seccompProfile', detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` }
}

/** What level "restricted" adds (pod-security-admission: policy/check_*.go), by the checks' names. */
export const restrictedChecks: readonly VersionedCheck[] = [
  { id: 'allowPrivilegeEscalation', versions: [[8, escalation], [25, unlessWindows(escalation)]] },
  { id: 'capabilities_restricted', versions: [[22, capabilities], [25, unlessWindows(capabilities)]], overrides: ['capabilities_baseline'] },
  { id: 'procMount_restricted', versions: [[35, procMount]], overrides: ['procMount'] },
  { id: 'restrictedVolumes', versions: [[0, volumes]], overrides: ['hostPathVolumes'] },
  { id: 'runAsNonRoot', versions: [[0, nonRoot], [35, unlessOwnUsers(nonRoot)]] },
  { id: 'runAsUser', versions: [[23, runAsUser], [35, unlessOwnUsers(runAsUser)]] },
  { id: 'seccompProfile_restricted', versions: [[19, seccomp], [25, unlessWindows(seccomp)]], overrides: ['seccompProfile_baseline'] },
]
