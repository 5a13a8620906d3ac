import type { Image } from '../image.ts'

/** etcd, as a static pod of the control plane runs it. */
export const etcd: Image = {
  repository: 'registry.k8s.io/etcd',
  tags: ['3.6.5-0', '3.6.6-0'],
  layers: [1_500_000, 22_900_000],
  program: { kind: 'server', ports: [2379, 2380], startsIn: 400_000, stopsIn: 200_000, log: [] },
  config: { entrypoint: ['/usr/local/bin/etcd'] },
  binaries: ['/usr/local/bin/etcd', '/usr/local/bin/etcdctl'],
  bare: true,
}
