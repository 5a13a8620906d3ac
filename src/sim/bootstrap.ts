import type { KubeObject } from './api/meta.ts'
import { ipv4Text, type Ipv4Range } from './flags/ipv4-range.ts'
import { SERVICE_CLUSTER_IP_RANGE } from './flags/kube-apiserver.ts'

/** Namespaces that kube-apiserver makes by itself (pkg/controlplane: systemnamespaces). */
export const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const

export const CONTROL_PLANE = 'control-plane'
/** The address of the Service kube-dns: the tenth of the Services' range (kubeadm: GetDNSIP). */
export const dnsAddress = (range: Ipv4Range): string => ipv4Text(range.first + 10)
const API_ADDRESS = '172.18.0.2'

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** The Service through which pods reach the API server, with its endpoint (pkg/controlplane: kubernetesservice). */
const kubernetesService = (range: Ipv4Range): readonly KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: ipv4Text(range.first + 1), ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: API_ADDRESS }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
  } as KubeObject,
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [API_ADDRESS], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  } as KubeObject,
]

/** What the API server itself puts into an empty etcd. */
export const apiServerObjects = (range: Ipv4Range = SERVICE_CLUSTER_IP_RANGE.initial): readonly KubeObject[] => [...SYSTEM_NAMESPACES.map(namespace), ...kubernetesService(range)]
export const API_SERVER_OBJECTS = apiServerObjects()

const CONTROL_PLANE_TOLERATION = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }

/** kubeadm's add-ons: DNS as a Deployment, the proxy as a DaemonSet. */
export const addOns = (range: Ipv4Range): readonly KubeObject[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'coredns', namespace: 'kube-system' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kube-proxy', namespace: 'kube-system' } },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    data: { Corefile: '.:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache 30\n}\n' },
  } as KubeObject,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' } },
    spec: {
      clusterIP: dnsAddress(range),
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: 'coredns',
          tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }, CONTROL_PLANE_TOLERATION],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          dnsPolicy: 'Default',
          containers: [
            {
              name: 'coredns',
              image: 'registry.k8s.io/coredns/coredns:v1.13.1',
              args: ['-conf', '/etc/coredns/Corefile'],
              resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
              ports: [{ containerPort: 53, name: 'dns', protocol: 'UDP' }, { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' }],
              volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
              readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
            },
          ],
          volumes: [{ name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } }],
        },
      },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-proxy' } },
        spec: {
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'kube-proxy',
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [{ name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.36.2', command: ['/usr/local/bin/kube-proxy', '--hostname-override=$(NODE_NAME)'], env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] }],
        },
      },
    },
  },
]

/** What a node is made of. Quantities as Kubernetes writes them. */
export interface NodeSize {
  readonly cpu: string
  readonly memory: string
  readonly ephemeralStorage: string
  readonly pods: string
}

export const DEFAULT_SIZE: NodeSize = { cpu: '4', memory: '8Gi', ephemeralStorage: '100Gi', pods: '110' }

const address = (n: number): string => `172.18.${Math.floor(n / 250)}.${(n % 250) + 2}`

/** A Node as its kubelet registers it: number 0 is the control plane. Zones a, b, c take turns. */
export function nodeObject(n: number, size: NodeSize = DEFAULT_SIZE, labels: Readonly<Record<string, string>> = {}): KubeObject {
  const isControlPlane = n === 0
  const name = isControlPlane ? CONTROL_PLANE : `node-${n}`
  const amounts = { cpu: size.cpu, 'ephemeral-storage': size.ephemeralStorage, memory: size.memory, pods: size.pods }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/region': 'region-1',
        'topology.kubernetes.io/zone': `zone-${'abc'[(Math.max(n, 1) - 1) % 3]}`,
        ...(isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
        ...labels,
      },
    },
    spec: isControlPlane ? { taints: [CONTROL_PLANE_TOLERATION] } : {},
    status: {
      addresses: [{ type: 'InternalIP', address: address(n) }, { type: 'Hostname', address: name }],
      capacity: amounts,
      allocatable: amounts,
      nodeInfo: {
        architecture: 'amd64', bootID: '', containerRuntimeVersion: 'containerd://2.1.4', kernelVersion: '6.12.0', kubeProxyVersion: '',
        kubeletVersion: 'v1.36.2', machineID: '', operatingSystem: 'linux', osImage: 'Debian GNU/Linux 13 (trixie)', systemUUID: '',
      },
    },
  }
}
