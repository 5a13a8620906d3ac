import type { Image } from '../image.ts'

/** kube-controller-manager, as a static pod of the control plane runs it. */
export const kubeControllerManager: Image = {
  repository: 'registry.k8s.io/kube-controller-manager',
  tags: ['v1.36.0', 'v1.36.1', 'v1.36.2'],
  layers: [1_500_000, 23_100_000],
  program: { kind: 'server', ports: [10257], startsIn: 400_000, stopsIn: 200_000, log: [] },
  config: { entrypoint: ['/usr/local/bin/kube-controller-manager'] },
  binaries: ['/usr/local/bin/kube-controller-manager'],
  bare: true,
}
