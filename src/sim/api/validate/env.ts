import { at, child, invalidValue, notSupported, required, type Path } from '../field.ts'
import type { ConfigMapKeySelector, EnvFromSource, EnvVar, FileKeySelector, ObjectFieldSelector, ResourceFieldSelector, SecretKeySelector } from '../container.ts'
import { isConfigMapKey, isDns1123Label, isDns1123Subdomain, isEnvVarName, isQualifiedName } from '../names.ts'
import { isZeroQuantity } from '../quantity.ts'
import { noBacksteps } from './paths.ts'
import { named, type Errors } from './simple.ts'

const KNOWN_LABELS = new Set([
  'metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.restartPolicy',
  'spec.serviceAccountName', 'spec.schedulerName', 'status.phase', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs',
])
/** What env variables and downward volumes may refer to, sorted as messages list them. */
export const ENV_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs']
export const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

/** core/validation: validateObjectFieldSelector. */
export function objectField(ref: ObjectFieldSelector, allowed: readonly string[], path: Path, out: Errors): void {
  if (!ref.apiVersion) return void out.push(required(child(path, 'apiVersion')))
  if (!ref.fieldPath) return void out.push(required(child(path, 'fieldPath')))
  const bad = (why: string): void => void out.push(invalidValue(child(path, 'fieldPath'), ref.fieldPath, `error converting fieldPath: ${why}`))
  if (ref.apiVersion !== 'v1') return bad(`unsupported pod version: ${ref.apiVersion}`)
  const m = /^(.*?)\['([\s\S]*)'\]$/.exec(ref.fieldPath)
  if (m) {
    if (m[1] === 'metadata.annotations') return named(isQualifiedName, m[2]!.toLowerCase(), path, out)
    if (m[1] === 'metadata.labels') return named(isQualifiedName, m[2]!, path, out)
    return bad(`field label does not support subscript: ${ref.fieldPath}`)
  }
  const label = ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath
  if (!KNOWN_LABELS.has(label)) return bad(`field label not supported: ${ref.fieldPath}`)
  if (!allowed.includes(label)) out.push(notSupported(child(path, 'fieldPath'), label, allowed))
}

const RESOURCE_FIELDS = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory']
const BYTES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

function divisor(resource: string, q: string | undefined, path: Path, out: Errors): void {
  if (q === undefined || isZeroQuantity(q)) return
  const complain = (values: string, what: string): void =>
    void out.push(invalidValue(child(path, 'divisor'), resource, `only divisor's values ${values} are supported with the ${what} resource`))
  if (resource.endsWith('.cpu')) {
    if (q !== '1m' && q !== '1') complain('1m and 1', 'cpu')
  } else if (!BYTES.includes(q)) {
    if (resource.endsWith('.memory')) complain(BYTES.join(', '), 'memory')
    else if (resource.endsWith('.ephemeral-storage')) complain(BYTES.join(', '), 'local ephemeral storage')
    else if (resource.includes('.hugepages-')) complain(BYTES.join(', '), 'hugepages')
  }
}

/** core/validation: validateContainerResourceFieldSelector. */
export function resourceField(ref: ResourceFieldSelector, volume: boolean, path: Path, out: Errors): void {
  if (volume && !ref.containerName) out.push(required(child(path, 'containerName')))
  else if (!ref.resource) out.push(required(child(path, 'resource')))
  else if (!RESOURCE_FIELDS.includes(ref.resource) && !/^(requests|limits)\.hugepages-/.test(ref.resource)) {
    out.push(notSupported(child(path, 'resource'), ref.resource, RESOURCE_FIELDS))
  }
  divisor(ref.resource ?? '', ref.divisor, path, out)
}

function keySelector(ref: ConfigMapKeySelector | SecretKeySelector, path: Path, out: Errors): void {
  named(isDns1123Subdomain, ref.name ?? '', child(path, 'name'), out)
  if (!ref.key) out.push(required(child(path, 'key')))
  else named(isConfigMapKey, ref.key, child(path, 'key'), out)
}

function fileKey(ref: FileKeySelector, path: Path, out: Errors): void {
  if (!ref.key) out.push(required(child(path, 'key')))
  else named(isEnvVarName, ref.key, child(path, 'key'), out)
  if (!ref.volumeName) out.push(required(child(path, 'volumeName')))
  else named(isDns1123Label, ref.volumeName, child(path, 'volumeName'), out)
  if (!ref.path) out.push(required(child(path, 'path')))
  else noBacksteps(ref.path, child(path, 'path'), out)
}

function valueFrom(e: EnvVar, path: Path, out: Errors): void {
  const from = e.valueFrom
  if (!from) return
  let sources = 0
  if (from.fieldRef) sources++, objectField(from.fieldRef, ENV_FIELDS, child(path, 'fieldRef'), out)
  if (from.resourceFieldRef) sources++, resourceField(from.resourceFieldRef, false, child(path, 'resourceFieldRef'), out)
  if (from.configMapKeyRef) sources++, keySelector(from.configMapKeyRef, child(path, 'configMapKeyRef'), out)
  if (from.secretKeyRef) sources++, keySelector(from.secretKeyRef, child(path, 'secretKeyRef'), out)
  if (from.fileKeyRef) sources++, fileKey(from.fileKeyRef, child(path, 'fileKeyRef'), out)
  if (sources === 0) out.push(invalidValue(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'))
  else if (e.value) out.push(invalidValue(path, '', 'may not be specified when `value` is not empty'))
  else if (sources > 1) out.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
}

/** core/validation: ValidateEnv. */
export function env(list: readonly EnvVar[] | undefined, path: Path, out: Errors): void {
  list?.forEach((e, i) => {
    const here = at(path, i)
    if (!e.name) out.push(required(child(here, 'name')))
    else named(isEnvVarName, e.name, child(here, 'name'), out)
    valueFrom(e, child(here, 'valueFrom'), out)
  })
}

/** core/validation: ValidateEnvFrom. */
export function envFrom(list: readonly EnvFromSource[] | undefined, path: Path, out: Errors): void {
  list?.forEach((e, i) => {
    const here = at(path, i)
    if (e.prefix) named(isEnvVarName, e.prefix, child(here, 'prefix'), out)
    let sources = 0
    for (const key of ['configMapRef', 'secretRef'] as const) {
      const ref = e[key]
      if (!ref) continue
      sources++
      const name = child(child(here, key), 'name')
      if (!ref.name) out.push(required(name))
      else for (const m of isDns1123Subdomain(maskDash(ref.name))) out.push(invalidValue(name, ref.name, m))
    }
    if (sources === 0) out.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (sources > 1) out.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
  })
}

/** These names are checked as prefixes are, so a trailing dash is masked. */
const maskDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)
