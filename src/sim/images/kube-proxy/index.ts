import type { Image } from '../image.ts'

/** kube-proxy. */
export const kubeProxy: Image = {
  repository: 'registry.k8s.io/kube-proxy',
  tags: ['v1.36.0', 'v1.36.1', 'v1.36.2'],
  layers: [17_600_000, 11_400_000],
  program: { kind: 'server', ports: [10249, 10256], startsIn: 200_000, stopsIn: 20_000, log: ['"Using iptables Proxier"'] },
  config: { entrypoint: ['/usr/local/bin/kube-proxy'] },
  binaries: ['/usr/local/bin/kube-proxy'],
}
