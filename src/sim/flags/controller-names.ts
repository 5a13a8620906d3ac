/**
 * Every control loop of kube-controller-manager v1.36 by its name, with the older names that `--controllers` also takes
 * (cmd/kube-controller-manager: names, controller_names.go; app: NewControllerDescriptors). Not all of them are modelled.
 */
const OLDER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'bootstrap-signer-controller': ['bootstrapsigner'],
  'certificatesigningrequest-approving-controller': ['csrapproving'],
  'certificatesigningrequest-cleaner-controller': ['csrcleaner'],
  'certificatesigningrequest-signing-controller': ['csrsigning'],
  'cloud-node-lifecycle-controller': ['cloud-node-lifecycle'],
  'clusterrole-aggregation-controller': ['clusterrole-aggregation'],
  'cronjob-controller': ['cronjob'],
  'daemonset-controller': ['daemonset'],
  'deployment-controller': ['deployment'],
  'device-taint-eviction-controller': [],
  'disruption-controller': ['disruption'],
  'endpoints-controller': ['endpoint'],
  'endpointslice-controller': ['endpointslice'],
  'endpointslice-mirroring-controller': ['endpointslicemirroring'],
  'ephemeral-volume-controller': ['ephemeral-volume'],
  'garbage-collector-controller': ['garbagecollector'],
  'horizontal-pod-autoscaler-controller': ['horizontalpodautoscaling'],
  'job-controller': ['job'],
  'kube-apiserver-serving-clustertrustbundle-publisher-controller': [],
  'legacy-serviceaccount-token-cleaner-controller': ['legacy-service-account-token-cleaner'],
  'namespace-controller': ['namespace'],
  'node-ipam-controller': ['nodeipam'],
  'node-lifecycle-controller': ['nodelifecycle'],
  'node-route-controller': ['route'],
  'persistentvolume-attach-detach-controller': ['attachdetach'],
  'persistentvolume-binder-controller': ['persistentvolume-binder'],
  'persistentvolume-expander-controller': ['persistentvolume-expander'],
  'persistentvolume-protection-controller': ['pv-protection'],
  'persistentvolumeclaim-protection-controller': ['pvc-protection'],
  'pod-garbage-collector-controller': ['podgc'],
  'podcertificaterequest-cleaner-controller': [],
  'podgroup-protection-controller': [],
  'replicaset-controller': ['replicaset'],
  'replicationcontroller-controller': ['replicationcontroller'],
  'resourceclaim-controller': [],
  'resourcepoolstatusrequest-controller': [],
  'resourcequota-controller': ['resourcequota'],
  'root-ca-certificate-publisher-controller': ['root-ca-cert-publisher'],
  'selinux-warning-controller': [],
  'service-ca-certificate-publisher-controller': ['service-ca-cert-publisher'],
  'service-cidr-controller': [],
  'service-lb-controller': ['service'],
  'serviceaccount-controller': ['serviceaccount'],
  'serviceaccount-token-controller': ['serviceaccount-token'],
  'statefulset-controller': ['statefulset'],
  'storage-version-migrator-controller': [],
  'storageversion-garbage-collector-controller': ['storage-version-gc'],
  'taint-eviction-controller': [],
  'token-cleaner-controller': ['tokencleaner'],
  'ttl-after-finished-controller': ['ttl-after-finished'],
  'ttl-controller': ['ttl'],
  'validatingadmissionpolicy-status-controller': [],
  'volumeattributesclass-protection-controller': [],
}

const BY_NAME: ReadonlyMap<string, string> = new Map(Object.entries(OLDER_NAMES).flatMap(([name, older]) => [name, ...older].map((text) => [text, name] as const)))

/** A controller's name for any of its names; undefined where there is no such controller. */
export const controllerNamed = (text: string): string | undefined => BY_NAME.get(text)

/**
 * Does a list of `--controllers` start the controller? The first mention decides, `*` stands for all that are not
 * mentioned (controller-manager: app, helper.go: IsControllerEnabled).
 */
export function isEnabled(list: readonly string[], controller: string): boolean {
  for (const item of list) {
    if (BY_NAME.get(item) === controller) return true
    if (item.startsWith('-') && BY_NAME.get(item.slice(1)) === controller) return false
  }
  return list.includes('*')
}
