import type { Image } from '../image.ts'

/** The DNS of the cluster; on TERM it goes on for five seconds (lameduck). */
export const coredns: Image = {
  repository: 'registry.k8s.io/coredns/coredns',
  tags: ['v1.11.1', 'v1.11.3', 'v1.12.0', 'v1.12.1', 'v1.13.1'],
  layers: [1_500_000, 20_200_000],
  program: { kind: 'server', ports: [53, 8080, 8181, 9153], startsIn: 110_000, stopsIn: 5_000_000, log: ['.:53', 'CoreDNS-1.13.1'] },
  config: { entrypoint: ['/coredns'], user: '65532:65532' },
  binaries: ['/coredns'],
  bare: true,
}
