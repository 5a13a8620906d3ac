/** Service accounts whose names differ from their controllers' (cmd/kube-controller-manager: descriptors and ClientOrDie). */
const ACCOUNTS: Readonly<Record<string, string>> = {
  'certificatesigningrequest-approving-controller': 'certificate-controller',
  'certificatesigningrequest-cleaner-controller': 'certificate-controller',
  'certificatesigningrequest-signing-controller': 'certificate-controller',
  'daemonset-controller': 'daemon-set-controller',
  'endpoints-controller': 'endpoint-controller',
  'endpointslice-mirroring-controller': 'endpointslicemirroring-controller',
  'garbage-collector-controller': 'generic-garbage-collector',
  'horizontal-pod-autoscaler-controller': 'horizontal-pod-autoscaler',
  'legacy-serviceaccount-token-cleaner-controller': 'legacy-service-account-token-cleaner',
  'node-ipam-controller': 'node-controller',
  'node-lifecycle-controller': 'node-controller',
  'persistentvolume-attach-detach-controller': 'attachdetach-controller',
  'persistentvolume-binder-controller': 'persistent-volume-binder',
  'persistentvolume-expander-controller': 'expand-controller',
  'persistentvolume-protection-controller': 'pv-protection-controller',
  'persistentvolumeclaim-protection-controller': 'pvc-protection-controller',
  'pod-garbage-collector-controller': 'pod-garbage-collector',
  'replicationcontroller-controller': 'replication-controller',
  'resourceclaim-controller': 'resource-claim-controller',
  'root-ca-certificate-publisher-controller': 'root-ca-cert-publisher',
  'service-cidr-controller': 'service-cidrs-controller',
  'service-lb-controller': 'service-controller',
  'serviceaccount-controller': 'service-account-controller',
  'taint-eviction-controller': 'node-controller',
}

/** The user as which a controller of kube-controller-manager authenticates (--use-service-account-credentials). */
export const controllerUser = (controller: string): string =>
  // The one that makes the accounts' tokens has none itself.
  controller === 'serviceaccount-token-controller' ? 'system:kube-controller-manager' : `system:serviceaccount:kube-system:${ACCOUNTS[controller] ?? controller}`
