import { byVersionPriority } from '../../api/version-priority.ts'
import { resources, type ResourceSchema } from '../../api/schema/schema.ts'

/** A resource as routing and discovery see it; `custom` ones come from CustomResourceDefinitions. */
export interface ServedResource extends ResourceSchema {
  readonly custom?: boolean
}

/** API groups by falling priority (pkg/controlplane/apiserver: apis.go; kube-aggregator sorts them so). */
const ORDER: readonly string[] = [
  'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch', 'certificates.k8s.io',
  'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io',
  'scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io', 'discovery.k8s.io', 'resource.k8s.io', 'flowcontrol.apiserver.k8s.io',
]

const builtIn = new Map<string, ServedResource>()
const byVersion = new Map<string, ServedResource[]>()
const versionsOf = new Map<string, string[]>()
for (const resource of resources()) {
  const { group, version, plural } = resource
  builtIn.set(`${group}/${version}/${plural}`, resource)
  const gv = `${group}/${version}`
  const list = byVersion.get(gv)
  if (list) list.push(resource)
  else {
    byVersion.set(gv, [resource])
    versionsOf.set(group, [...(versionsOf.get(group) ?? []), version])
  }
}
for (const [group, versions] of versionsOf) versionsOf.set(group, versions.sort((a, b) => (a < b ? 1 : -1)))

/** Where custom resources come from: the CustomResourceDefinitions that are established. */
export interface CustomResources {
  /** In the order of their names. */
  all(): readonly ServedResource[]
  find(group: string, version: string, plural: string): ServedResource | undefined
}

/** What is served, by group, version and plural. */
export class ServedGroups {
  readonly #custom: CustomResources | undefined

  constructor(custom?: CustomResources) {
    this.#custom = custom
  }

  has(group: string): boolean {
    return versionsOf.has(group) || (this.#custom?.all().some((r) => r.group === group) ?? false)
  }

  /** A group that only CustomResourceDefinitions fill. */
  isCustom(group: string): boolean {
    return !versionsOf.has(group)
  }

  /** Named groups in the order of the discovery documents. */
  names(): readonly string[] {
    const custom = new Set(this.#custom?.all().map((r) => r.group))
    return [...ORDER, ...[...custom].filter((group) => !ORDER.includes(group)).sort()]
  }

  /** Versions of a group, the preferred one first. */
  versions(group: string): readonly string[] {
    const own = versionsOf.get(group)
    if (own) return own
    return [...new Set(this.#custom?.all().filter((r) => r.group === group).map((r) => r.version))].sort(byVersionPriority)
  }

  resources(group: string, version: string): readonly ServedResource[] {
    return byVersion.get(`${group}/${version}`) ?? this.#custom?.all().filter((r) => r.group === group && r.version === version) ?? []
  }

  resource(group: string, version: string, plural: string): ServedResource | undefined {
    return builtIn.get(`${group}/${version}/${plural}`) ?? this.#custom?.find(group, version, plural)
  }
}
