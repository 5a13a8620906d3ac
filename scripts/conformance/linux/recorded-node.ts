import type { KubeObject } from '../../../src/sim/api/meta.ts'
import type { Image } from '../../../src/sim/images/image.ts'
import { catalogue } from '../../../src/sim/images/index.ts'
import { Catalogue } from '../../../src/sim/images/registry.ts'

export const NODE = 'node-1'

/** The node of the recordings: two processors, one address. */
export const RECORDED_NODE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NODE, labels: { 'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' } },
  spec: {},
  status: {
    addresses: [{ type: 'InternalIP', address: '10.0.0.11' }, { type: 'Hostname', address: NODE }],
    capacity: { cpu: '2', 'ephemeral-storage': '100Gi', memory: '24684092Ki', pods: '110' },
    allocatable: { cpu: '2', 'ephemeral-storage': '100Gi', memory: '24581692Ki', pods: '110' },
    nodeInfo: { architecture: 'amd64', bootID: '', containerRuntimeVersion: 'containerd://2.4.0-beta.0', kernelVersion: '6.18.5', kubeProxyVersion: '', kubeletVersion: 'v1.36.2', machineID: '', operatingSystem: 'linux', osImage: 'Debian', systemUUID: '' },
  },
}

const SHELL = { kind: 'shell' } as const
const SECONDS = 1_000_000
const library = (name: string, tags: readonly string[], more: Partial<Image> = {}): Image => ({ repository: `docker.io/library/${name}`, tags, layers: [1_056_903], program: SHELL, config: { cmd: ['sh'] }, ...more })

/** "nginx" of the recordings: a shell that handles TERM and QUIT, with busybox httpd. */
const nginx = library('nginx', ['1.27', '1.28'], {
  config: { entrypoint: ['/docker-entrypoint.sh'], cmd: ['httpd', '-f', '-v', '-p', '80', '-h', '/usr/share/nginx/html'], env: ['NGINX_VERSION=1.27.0'] },
  files: { '/docker-entrypoint.sh': '#!/bin/sh\ntrap "exit 0" TERM QUIT\n"$@" &\nwait $!\n', '/usr/share/nginx/html/index.html': '<h1>Welcome to nginx 1.27</h1>\n', '/usr/share/nginx/html/healthz': 'ok\n' },
})

const held: readonly Image[] = [
  library('busybox', ['1.36']),
  nginx,
  library('user', ['1'], { config: { cmd: ['sh'], user: '1000' } }),
  library('username', ['1'], { config: { cmd: ['sh'], user: 'nobody' } }),
  library('noentry', ['1'], { config: {} }),
  library('latest-only', ['latest']),
  library('layers', ['1', '2'], { layers: [1_056_903, 1_200, 1_300] }),
  library('slow2', ['1'], { takes: 16 * SECONDS }),
  library('slow3', ['1'], { takes: 16 * SECONDS }),
  library('broken', ['1'], { broken: true }),
  library('private', ['1.36'], { accounts: { robot: 'secret' } }),
  ...catalogue.filter((image) => image.repository.startsWith('registry.k8s.io/')),
]

/** What the recordings' registry holds and how it refuses; what the node had before the first pod. */
export const recordedRegistry = new Catalogue(held, {
  closed: true,
  hosts: ['docker.io', 'registry.k8s.io'],
  endpoint: 'http://10.0.0.1',
  preloaded: ['busybox:1.36', 'nginx:1.27', 'nginx:1.28', 'user:1', 'username:1', 'noentry:1', 'layers:1', 'slow2:1', 'slow3:1'],
})
