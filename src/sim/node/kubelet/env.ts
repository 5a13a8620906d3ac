import { base64Decode } from '../../api/base64.ts'
import type { Container } from '../../api/container.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { NodeRow, PodRow } from './state.ts'
import { allocatableOf } from './allocatable.ts'
import { fieldText, resourceText } from './files.ts'
import type { KubeletWorld } from './world.ts'

interface Data extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

/** Replaces `$(NAME)` by what is known; `$$` is a dollar; unknown references stay (third_party/forked/golang/expansion). */
export function expand(text: string, known: ReadonlyMap<string, string>): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 >= text.length) {
      out += text[i]
      continue
    }
    if (text[i + 1] === '$') {
      out += '$'
      i++
      continue
    }
    const end = text[i + 1] === '(' ? text.indexOf(')', i + 2) : -1
    if (end < 0) {
      out += text[i]
      continue
    }
    const name = text.slice(i + 2, end)
    out += known.get(name) ?? `$(${name})`
    i = end
  }
  return out
}

/** Keys that may not be names of variables: with "=" or nothing at all (1.34: RelaxedEnvironmentVariableValidation). */
const isName = (key: string): boolean => /^[\x20-\x3c\x3e-\x7e]+$/.test(key)

/** A container's environment, or the reason why it cannot be made (kubelet_pods.go: makeEnvironmentVariables). */
export function environmentOf(world: KubeletWorld, row: PodRow, node: NodeRow, container: Container): ReadonlyMap<string, string> | { readonly error: string } {
  const { pod } = row
  const namespace = pod.metadata.namespace ?? 'default'
  const services = serviceVariables(world, namespace, pod.spec.enableServiceLinks !== false)
  const result = new Map<string, string>()
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const ref = configMapRef ?? secretRef
    if (!ref?.name) continue
    const found = world.reader.get(configMapRef ? 'configmaps' : 'secrets', namespace, ref.name) as Data | undefined
    if (!found) {
      if (ref.optional) continue
      return { error: `${configMapRef ? 'configmap' : 'secret'} "${ref.name}" not found` }
    }
    for (const key of Object.keys(found.data ?? {}).sort()) {
      if (!isName(prefix + key)) continue
      result.set(prefix + key, configMapRef ? found.data![key]! : (base64Decode(found.data![key]!) ?? ''))
    }
  }
  const known = new Map<string, string>()
  for (const variable of container.env ?? []) {
    let text = variable.value !== undefined && variable.value !== '' ? expand(variable.value, new Map([...services, ...known])) : ''
    const from = variable.valueFrom
    if (from?.fieldRef) {
      const field = fieldText(row, node, from.fieldRef)
      if (field === undefined) return { error: `unsupported fieldPath: ${from.fieldRef.fieldPath}` }
      text = field
    } else if (from?.resourceFieldRef) text = resourceText(pod, allocatableOf(world, node), from.resourceFieldRef, container)
    else if (from?.configMapKeyRef ?? from?.secretKeyRef) {
      const ref = (from!.configMapKeyRef ?? from!.secretKeyRef)!
      const isMap = from!.configMapKeyRef !== undefined
      const found = world.reader.get(isMap ? 'configmaps' : 'secrets', namespace, ref.name ?? '') as Data | undefined
      const value = found?.data?.[ref.key]
      if (value === undefined) {
        if (ref.optional) continue
        return { error: found ? `couldn't find key ${ref.key} in ${isMap ? 'ConfigMap' : 'Secret'} ${namespace}/${ref.name}` : `${isMap ? 'configmap' : 'secret'} "${ref.name}" not found` }
      }
      text = isMap ? value : (base64Decode(value) ?? '')
    }
    known.set(variable.name, text)
    result.set(variable.name, text)
  }
  for (const [name, text] of services) if (!result.has(name)) result.set(name, text)
  return result
}

interface ServiceObject extends KubeObject {
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[] }
}

/** Variables that tell of Services (pkg/kubelet/envvars: FromServices): all of the namespace, and the API server's. */
function serviceVariables(world: KubeletWorld, namespace: string, links: boolean): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  const master = world.reader.get('services', 'default', 'kubernetes') as ServiceObject | undefined
  const own = links ? (world.reader.list('services', namespace) as readonly ServiceObject[]).filter((s) => !(namespace === 'default' && s.metadata.name === 'kubernetes')) : []
  for (const service of [...own, ...(master ? [master] : [])]) {
    const { clusterIP, ports = [] } = service.spec
    if (!clusterIP || clusterIP === 'None' || ports.length === 0) continue
    const prefix = service.metadata.name.toUpperCase().replaceAll('-', '_')
    variables.set(`${prefix}_SERVICE_HOST`, clusterIP)
    variables.set(`${prefix}_SERVICE_PORT`, String(ports[0]!.port))
    for (const port of ports) if (port.name) variables.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port))
    ports.forEach((port, i) => {
      const protocol = (port.protocol ?? 'TCP').toUpperCase()
      const url = `${protocol.toLowerCase()}://${clusterIP}:${port.port}`
      if (i === 0) variables.set(`${prefix}_PORT`, url)
      const name = `${prefix}_PORT_${port.port}_${protocol}`
      variables.set(name, url)
      variables.set(`${name}_PROTO`, protocol.toLowerCase())
      variables.set(`${name}_PORT`, String(port.port))
      variables.set(`${name}_ADDR`, clusterIP)
    })
  }
  return variables
}
