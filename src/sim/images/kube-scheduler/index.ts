import type { Image } from '../image.ts'

/** kube-scheduler, as a static pod of the control plane runs it. */
export const kubeScheduler: Image = {
  repository: 'registry.k8s.io/kube-scheduler',
  tags: ['v1.36.0', 'v1.36.1', 'v1.36.2'],
  layers: [1_500_000, 17_800_000],
  program: { kind: 'server', ports: [10259], startsIn: 400_000, stopsIn: 200_000, log: [] },
  config: { entrypoint: ['/usr/local/bin/kube-scheduler'] },
  binaries: ['/usr/local/bin/kube-scheduler'],
  bare: true,
}
