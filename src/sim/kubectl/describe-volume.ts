import type { Volume } from '../api/volume.ts'

const lines = (...rows: readonly (readonly [string, string | number | boolean])[]): string => rows.map(([k, v]) => `    ${k}:\t${v}\n`).join('')

/** What a volume is made of (kubectl: describe.go, describeVolumes); sources that this simulator does not model are named. */
export function volumeText(v: Volume): string {
  if (v.hostPath) return lines(['Type', 'HostPath (bare host directory volume)'], ['Path', v.hostPath.path], ['HostPathType', v.hostPath.type ?? ''])
  if (v.emptyDir) return lines(['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"], ['Medium', v.emptyDir.medium ?? ''], ['SizeLimit', v.emptyDir.sizeLimit ?? '<unset>'])
  if (v.secret) return lines(['Type', 'Secret (a volume populated by a Secret)'], ['SecretName', v.secret.secretName ?? ''], ['Optional', v.secret.optional ?? false])
  if (v.configMap) return lines(['Type', 'ConfigMap (a volume populated by a ConfigMap)'], ['Name', v.configMap.name ?? ''], ['Optional', v.configMap.optional ?? false])
  if (v.nfs) return lines(['Type', 'NFS (an NFS mount that lasts the lifetime of a pod)'], ['Server', v.nfs.server], ['Path', v.nfs.path], ['ReadOnly', v.nfs.readOnly ?? false])
  if (v.persistentVolumeClaim)
    return lines(
      ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
      ['ClaimName', v.persistentVolumeClaim.claimName],
      ['ReadOnly', v.persistentVolumeClaim.readOnly ?? false],
    )
  if (v.projected) return projected(v)
  if (v.downwardAPI)
    return `${lines(['Type', 'DownwardAPI (a volume populated by information about the pod)'])}    Items:\n${(v.downwardAPI.items ?? []).map((i) => `      ${i.fieldRef?.fieldPath ?? i.resourceFieldRef?.resource ?? ''} -> ${i.path}\n`).join('')}`
  const source = Object.keys(v).find((k) => k !== 'name')
  return `  <unknown>${source ? ` (${source})` : ''}\n`
}

function projected(v: Volume): string {
  let out = lines(['Type', 'Projected (a volume that contains injected data from multiple sources)'])
  for (const source of v.projected?.sources ?? []) {
    if (source.secret) out += lines(['SecretName', source.secret.name ?? ''], ['Optional', source.secret.optional ?? false])
    else if (source.downwardAPI) out += lines(['DownwardAPI', true])
    else if (source.configMap) out += lines(['ConfigMapName', source.configMap.name ?? ''], ['Optional', source.configMap.optional ?? false])
    else if (source.serviceAccountToken) out += lines(['TokenExpirationSeconds', source.serviceAccountToken.expirationSeconds ?? 3600])
  }
  return out
}
