import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { splitApiVersion } from '../../api/meta.ts'
import { discovery } from '../discovery.ts'

/** An object on its way through layers; `names` are all that it has had, so that references to it can follow. */
export interface Resource {
  readonly object: KubeObject
  readonly names: readonly string[]
  /** Namespaces that it has had. */
  readonly spaces: readonly string[]
  /** The content shall be hashed into the name. */
  readonly hash: boolean
}

export const resourceOf = (object: KubeObject, hash = false): Resource => ({ object, hash, names: [object.metadata?.name ?? ''], spaces: [object.metadata?.namespace ?? ''] })

export const asJson = (object: KubeObject): JsonObject => object as unknown as JsonObject
export const asObject = (value: JsonValue): KubeObject => value as unknown as KubeObject

export const changed = (resource: Resource, object: KubeObject): Resource => {
  const [name, space] = [object.metadata?.name ?? '', object.metadata?.namespace ?? '']
  return {
    ...resource, object, names: resource.names.includes(name) ? resource.names : [...resource.names, name],
    spaces: resource.spaces.includes(space) ? resource.spaces : [...resource.spaces, space],
  }
}

export const groupOf = (object: KubeObject): string => splitApiVersion(object.apiVersion).group
const CLUSTER_WIDE: ReadonlySet<string> = new Set(['APIService', 'CustomResourceDefinition', 'Namespace'])

/** Unknown kinds are taken to be namespaced. */
export function isNamespaced(object: KubeObject): boolean {
  const { group, version } = splitApiVersion(object.apiVersion)
  return discovery.kindFor({ group, version, kind: object.kind })?.namespaced ?? !CLUSTER_WIDE.has(object.kind)
}

/** "Deployment.v1.apps/web.[noNs]": how kustomize names a resource. */
export function idOf(object: KubeObject): string {
  const { group, version } = splitApiVersion(object.apiVersion)
  return `${object.kind}.${version}.${group || '[noGrp]'}/${object.metadata?.name ?? ''}.${object.metadata?.namespace || '[noNs]'}`
}
