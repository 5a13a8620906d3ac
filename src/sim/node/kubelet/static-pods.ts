import type { KubeObject } from '../../api/meta.ts'
import { hashText } from '../../engine/hash.ts'
import type { NodeRow } from './state.ts'

const CONTROL_PLANE = 'control-plane'

interface Part {
  readonly name: string
  readonly image: string
  readonly cpu: string
  readonly memory?: string
}

/** What kubeadm puts into /etc/kubernetes/manifests of a control-plane node. */
const PARTS: readonly Part[] = [
  { name: 'etcd', image: 'registry.k8s.io/etcd:3.6.6-0', cpu: '100m', memory: '100Mi' },
  { name: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.36.2', cpu: '250m' },
  { name: 'kube-controller-manager', image: 'registry.k8s.io/kube-controller-manager:v1.36.2', cpu: '200m' },
  { name: 'kube-scheduler', image: 'registry.k8s.io/kube-scheduler:v1.36.2', cpu: '100m' },
]

/** Images that kubeadm has pulled before the kubelet starts its static pods. */
export const preloadedImages = (node: string): readonly string[] => (node === CONTROL_PLANE ? PARTS.map((part) => part.image) : [])

/** The mirror pods of a node's static pods: what the API shows of them. Only the control plane has some. */
export function staticPods(node: NodeRow): readonly KubeObject[] {
  if (node.name !== CONTROL_PLANE) return []
  return PARTS.map((part) => mirrorPod(node, part))
}

function mirrorPod(node: NodeRow, { name, image, cpu, memory }: Part): KubeObject {
  const hash = `${hashText(image, 1).toString(16).padStart(8, '0')}${hashText(image, 2).toString(16).padStart(8, '0')}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${node.name}`,
      namespace: 'kube-system',
      labels: { component: name, tier: 'control-plane' },
      annotations: {
        'kubernetes.io/config.hash': hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.source': 'file',
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
    spec: {
      nodeName: node.name,
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
      containers: [{ name, image, command: [name], resources: { requests: { cpu, ...(memory ? { memory } : {}) } } }],
    },
  }
}
