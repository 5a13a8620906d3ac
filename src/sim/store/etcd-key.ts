/** Resources that etcd knows by another name (pkg/kubeapiserver: SpecialDefaultResourcePrefixes). */
const PREFIXES: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers', endpoints: 'services/endpoints', nodes: 'minions', services: 'services/specs', ingresses: 'ingress',
}
/** Groups whose servers put the group into the key. */
const WITH_GROUP: ReadonlySet<string> = new Set(['apiregistration.k8s.io', 'apiextensions.k8s.io'])

/** The etcd key of an object: "/registry/services/specs/default/web". Custom resources stand under their group. */
export function etcdKey(group: string, plural: string, namespace: string | undefined, name: string, custom = false): string {
  const prefix = custom || WITH_GROUP.has(group) ? `${group}/${plural}` : (PREFIXES[plural] ?? plural)
  return `/registry/${prefix}/${namespace ? `${namespace}/` : ''}${name}`
}
