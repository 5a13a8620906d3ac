import type { Image } from '../image.ts'

/** kube-apiserver, as a static pod of the control plane runs it. */
export const kubeApiserver: Image = {
  repository: 'registry.k8s.io/kube-apiserver',
  tags: ['v1.36.0', 'v1.36.1', 'v1.36.2'],
  layers: [1_500_000, 27_200_000],
  program: { kind: 'server', ports: [6443], startsIn: 400_000, stopsIn: 200_000, log: [] },
  config: { entrypoint: ['/usr/local/bin/kube-apiserver'] },
  binaries: ['/usr/local/bin/kube-apiserver'],
  bare: true,
}
