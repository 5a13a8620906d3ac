import { nameAsked, randomSuffix } from '../../api/name-suffix.ts'
import type { Container } from '../../api/container.ts'
import { FamiliarMap } from '../../api/familiar.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { extended } from '../../api/share.ts'
import { forbidden, type Status } from '../../api/status.ts'
import type { AdmissionPlugin } from './plugin.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const MIRROR = 'kubernetes.io/config.mirror'

/** Gives a pod its service account and mounts the account's token (plugin/pkg/admission/serviceaccount). */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: ['pods'],
  keepsValid: true,
  admit(exec, object, old) {
    if (old) return object
    const pod = object as Pod
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return refuseMirror(pod) ?? object
    const name = pod.spec.serviceAccountName || 'default'
    const account = exec.store.get(`serviceaccounts/${exec.namespace}/${name}`) as Account | undefined
    if (!account)
      return forbidden(
        { group: '', resource: 'pods' },
        nameAsked(pod.metadata),
        `error looking up service account ${exec.namespace}/${name}: serviceaccount "${name}" not found`,
      )
    const mounts = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    const token = mounts ? tokenMounts(pod.spec, randomSuffix(exec.means.names)) : undefined
    const pull = account.imagePullSecrets?.length && !pod.spec.imagePullSecrets?.length ? { imagePullSecrets: account.imagePullSecrets.map((s) => ({ name: s.name })) } : undefined
    const named = { ...pod, spec: withAccount(account, pod.spec, { serviceAccountName: name, serviceAccount: name, ...pull }, token) }
    return isStrict(account) ? (refuseSecrets(named, account) ?? named) : named
  },
}

interface Account extends KubeObject {
  readonly automountServiceAccountToken?: boolean
  readonly imagePullSecrets?: readonly { readonly name: string }[]
  readonly secrets?: readonly { readonly name?: string }[]
}

/** Specs as the plugin left them and for which account, by what they were before. */
const made = new FamiliarMap<{ readonly account: Account; readonly spec: PodSpec }>()

/** The spec with what the account gives it. Pods of one template then differ in their token only, and a copy is made faster than members are added. */
function withAccount(account: Account, given: PodSpec, members: Partial<PodSpec>, token: Partial<PodSpec> | undefined): PodSpec {
  const like = made.get(given)
  if (like?.account === account) return Object.assign({ ...like.spec }, token)
  const spec: PodSpec = Object.assign({}, given, members, token)
  made.set(given, { account, spec })
  return spec
}

const refuse = (pod: Pod, why: string): Status => forbidden({ group: '', resource: 'pods' }, nameAsked(pod.metadata), why)

/** Mirror pods stand for files of a node; accounts and secrets are not for them. */
function refuseMirror(pod: Pod): Status | undefined {
  if (pod.spec.serviceAccountName) return refuse(pod, 'a mirror pod may not reference service accounts')
  const isToken = (pod.spec.volumes ?? []).some((v) => v.projected?.sources?.some((source) => source.serviceAccountToken))
  const secrets = (pod.spec.volumes ?? []).some((v) => v.secret) || (pod.spec.imagePullSecrets?.length ?? 0) > 0 || secretsOf(pod.spec).length > 0
  if (secrets) return refuse(pod, 'a mirror pod may not reference secrets')
  return isToken ? refuse(pod, 'a mirror pod may not use ServiceAccountToken volume projections') : undefined
}

const isStrict = ({ metadata }: Account): boolean => ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] ?? '')

/** Secrets that environments of containers name, with the words that say where. */
function secretsOf(spec: PodSpec): readonly { readonly name: string; readonly where: string }[] {
  const of = (what: string, containers: readonly Container[]) =>
    containers.flatMap((c) => [
      ...(c.env ?? []).flatMap((e) => (e.valueFrom?.secretKeyRef ? [{ name: e.valueFrom.secretKeyRef.name ?? '', where: `${what} ${c.name} with envVar ${e.name}` }] : [])),
      ...(c.envFrom ?? []).flatMap((e) => (e.secretRef ? [{ name: e.secretRef.name ?? '', where: `${what} ${c.name} with envFrom` }] : [])),
    ])
  return [...of('init container', spec.initContainers ?? []), ...of('container', spec.containers)]
}

/** Accounts with the annotation of old allow only the secrets that they list. */
function refuseSecrets(pod: Pod, account: Account): Status | undefined {
  const allowed = new Set(account.secrets?.map((s) => s.name))
  const tail = `is not allowed because service account ${account.metadata.name} does not reference that`
  for (const { secret } of pod.spec.volumes ?? [])
    if (secret && !allowed.has(secret.secretName)) return refuse(pod, `volume with secret.secretName="${secret.secretName}" ${tail} secret`)
  const bad = secretsOf(pod.spec).find(({ name }) => !allowed.has(name))
  if (bad) return refuse(pod, `${bad.where} referencing secret.secretName="${bad.name}" ${tail} secret`)
  const pullable = new Set(account.imagePullSecrets?.map((s) => s.name))
  const i = (pod.spec.imagePullSecrets ?? []).findIndex((s) => !pullable.has(s.name ?? ''))
  return i < 0 ? undefined : refuse(pod, `imagePullSecrets[${i}].name="${pod.spec.imagePullSecrets![i]!.name}" ${tail} imagePullSecret`)
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
  // A volume of that name that is there already is taken for the token's.
  const present = spec.volumes?.find((v) => v.name.startsWith('kube-api-access-'))?.name
  const volume = present ?? `kube-api-access-${suffix}`
  let used = false
  const mount = (container: Container): Container => {
    const mounts = container.volumeMounts
    if (mounts?.some((m) => m.mountPath === MOUNT_PATH)) return container
    used = true
    const added = { name: volume, readOnly: true, mountPath: MOUNT_PATH }
    return mounts ? { ...container, volumeMounts: [...mounts, added] } : extended(container, { volumeMounts: [added] })
  }
  const containers = spec.containers.map(mount)
  const initContainers = spec.initContainers?.map(mount)
  if (!used) return undefined
  const projected = { name: volume, projected: TOKEN }
  if (present) return initContainers ? { containers, initContainers } : { containers }
  const volumes = spec.volumes ? [...spec.volumes, projected] : [projected]
  return initContainers ? { volumes, containers, initContainers } : { volumes, containers }
}
