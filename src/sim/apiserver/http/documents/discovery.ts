import { base64OfBytes } from '../../../api/base64.ts'
import { sha256 } from '../../../api/sha256.ts'
import type { JsonValue } from '../../../api/meta.ts'
import type { ServedGroups, ServedResource } from '../groups.ts'

const gv = (group: string, version: string): string => (group ? `${group}/${version}` : version)
/** Versions of which objects are stored, where it is not the only one. */
const STORED_AS: Readonly<Record<string, string>> = {
  'autoscaling/horizontalpodautoscalers': 'autoscaling/v2/', 'events.k8s.io/events': '/v1/',
  'admissionregistration.k8s.io/mutatingadmissionpolicies': 'admissionregistration.k8s.io/v1beta1/',
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': 'admissionregistration.k8s.io/v1beta1/',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/v1beta1/',
}

const hashes = new Map<string, string>()

/** discovery.StorageVersionHash: the first 8 bytes of a hash of group, version and kind. */
function storageVersionHash({ group, version, kind, plural }: ServedResource): string {
  const text = (STORED_AS[`${group}/${plural}`] ?? `${group}/${version}/`) + kind
  let hash = hashes.get(text)
  if (hash === undefined) hashes.set(text, (hash = base64OfBytes(sha256(text).slice(0, 8))))
  return hash
}

const isStored = ({ verbs }: ServedResource): boolean => verbs.includes('watch')

/** The entries of an APIResourceList for one resource and its subresources. */
function entriesOf(resource: ServedResource): readonly JsonValue[] {
  const { group, version, plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource
  const own = {
    name: plural, singularName: singular, namespaced, kind, verbs,
    ...(shortNames.length ? { shortNames } : {}), ...(categories.length ? { categories } : {}),
    ...(isStored(resource) ? { storageVersionHash: storageVersionHash(resource) } : {}),
  }
  const below = subresources.map((sub) => {
    const slash = sub.apiVersion.indexOf('/')
    const [subGroup, subVersion] = slash < 0 ? ['', sub.apiVersion] : [sub.apiVersion.slice(0, slash), sub.apiVersion.slice(slash + 1)]
    const foreign = subGroup !== group || subVersion !== version
    return { name: `${plural}/${sub.name}`, singularName: '', namespaced, ...(foreign ? { group: subGroup, version: subVersion } : {}), kind: sub.kind, verbs: sub.verbs }
  })
  return [own, ...below]
}

export function resourceList(groups: ServedGroups, group: string, version: string): JsonValue {
  const resources = groups.resources(group, version).flatMap(entriesOf)
  return { kind: 'APIResourceList', ...(group ? { apiVersion: 'v1' } : {}), groupVersion: gv(group, version), resources }
}

function groupEntry(groups: ServedGroups, group: string): { readonly [key: string]: JsonValue } {
  const versions = groups.versions(group).map((version) => ({ groupVersion: gv(group, version), version }))
  return { name: group, versions, preferredVersion: versions[0]! }
}

export const groupDocument = (groups: ServedGroups, group: string): JsonValue => ({ kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(groups, group) })
export const groupList = (groups: ServedGroups): JsonValue => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.names().map((group) => groupEntry(groups, group)) })

const SERVER = '172.18.0.2:6443'
export const apiVersions = (): JsonValue => ({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: SERVER }] })

const kindOf = (apiVersion: string, kind: string): JsonValue => {
  const slash = apiVersion.indexOf('/')
  return { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1), kind }
}

/** apidiscovery.k8s.io/v2: everything of one root in one document. */
export function aggregated(groups: ServedGroups, core: boolean, version = 'v2'): JsonValue {
  const names = core ? [''] : groups.names()
  const items = names.map((group) => ({
    metadata: { ...(group ? { name: group } : {}), creationTimestamp: null },
    versions: groups.versions(group).map((served) => ({
      version: served,
      resources: groups.resources(group, served).map((resource) => ({
        resource: resource.plural,
        responseKind: kindOf(gv(group, served), resource.kind),
        scope: resource.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: resource.singular,
        verbs: resource.verbs,
        ...(resource.shortNames.length ? { shortNames: resource.shortNames } : {}),
        ...(resource.categories.length ? { categories: resource.categories } : {}),
        ...(resource.subresources.length
          ? { subresources: resource.subresources.map((sub) => ({ subresource: sub.name, responseKind: kindOf(sub.apiVersion, sub.kind), verbs: sub.verbs })) }
          : {}),
      })),
      freshness: 'Current',
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }
}
