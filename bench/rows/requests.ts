import type { KubeObject } from '../../src/sim/api/meta.ts'
import { schemaOf } from '../../src/sim/api/schema/schema.ts'
import { validateStructure } from '../../src/sim/api/schema/structure.ts'
import { isStatus } from '../../src/sim/api/status.ts'
import type { RestRequest } from '../../src/sim/apiserver/rest.ts'
import type { Cluster } from '../../src/sim/cluster.ts'
import { scheme } from '../../src/sim/kinds/index.ts'
import { median, wallMs, type Row } from '../row.ts'
import { apply, bootedCluster, deploymentOf, isRolledOut, runUntil } from '../workload.ts'

const PODS = { group: '', version: 'v1', resource: 'pods', namespace: 'default' } as const
const WATCHERS = 10
const CREATED = 2000

const podOf = (name: string): KubeObject =>
  ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: 'web', tier: name.endsWith('7') ? 'rare' : 'common' } },
    spec: { containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
  }) as KubeObject

/** Serves a request as one event, without the way there and back. */
function serve(cluster: Cluster, request: RestRequest): unknown {
  const { timeline } = cluster
  return timeline.command('apiserver', 'request', { request, user: 'kubernetes-admin', client: 'bench', sentAt: timeline.clock })
}

/** A control plane with an API server alone: nothing reacts, ten watchers are told. */
function quietServer(): Cluster {
  const cluster = bootedCluster(1)
  for (let n = 0; n < WATCHERS; n++) {
    cluster.timeline.command('apiserver', 'watch', { id: `bench/${n}`, client: 'bench', to: { actor: 'nobody', what: 'nothing' }, latency: 1000, ...PODS })
  }
  return cluster
}

/** Pods created a second, each through decoding, admission, validation, the store and ten watchers. */
function creations(): number {
  const cluster = quietServer()
  const bodies = Array.from({ length: CREATED }, (_, n) => podOf(`p-${n}`))
  const ms = wallMs(() => {
    for (const body of bodies) serve(cluster, { verb: 'create', ...PODS, body })
  })
  return (CREATED * 1000) / ms
}

function manyPods(count: number): Cluster {
  const cluster = quietServer()
  for (let n = 0; n < count; n++) serve(cluster, { verb: 'create', ...PODS, body: podOf(`p-${n}`) })
  return cluster
}

let crowded: Cluster | undefined

/** Lists those of 10,000 pods that a label selects. */
function listing(): number {
  crowded ??= manyPods(10_000)
  const cluster = crowded
  return wallMs(() => void cluster.server.execute({ verb: 'list', ...PODS, options: { labelSelector: 'tier=rare' } }, 'kubernetes-admin', cluster.timeline.clock))
}

/** A Deployment of some 300 lines: twelve containers with ports, environment, probes and mounts. */
function longDeployment(): KubeObject {
  const containers = Array.from({ length: 12 }, (_, n) => ({
    name: `c-${n}`, image: `nginx:1.${n}`, ports: [{ containerPort: 8000 + n, name: `p-${n}` }],
    env: [{ name: 'A', value: 'a' }, { name: 'B', value: 'b' }, { name: 'C', valueFrom: { configMapKeyRef: { name: 'cm', key: 'c' } } }],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '128Mi' } },
    readinessProbe: { httpGet: { path: '/', port: 8000 + n }, periodSeconds: 5 },
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
  }))
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'long', namespace: 'default', labels: { app: 'long' } },
    spec: { replicas: 0, selector: { matchLabels: { app: 'long' } }, template: { metadata: { labels: { app: 'long' } }, spec: { containers, volumes: [{ name: 'v', emptyDir: {} }] } } },
  } as KubeObject
}

const DEPLOYMENTS = { group: 'apps', version: 'v1', resource: 'deployments', namespace: 'default' } as const

/** Server-side apply of the long Deployment over itself with one value changed. */
function serverSideApply(): () => number {
  const cluster = quietServer()
  let n = 0
  const send = (): void => {
    const body = { ...longDeployment(), metadata: { name: 'long', namespace: 'default', labels: { app: 'long', n: `${n++}` } } }
    serve(cluster, { verb: 'patch', ...DEPLOYMENTS, name: 'long', patchType: 'apply', body, options: { fieldManager: 'bench', force: true } } as RestRequest)
  }
  send()
  return () => wallMs(send)
}

/** Structure and rules of the long Deployment, defaults included. */
function validation(): number {
  const kind = scheme.resource('apps', 'v1', 'deployments')!
  const object = longDeployment()
  return wallMs(() => {
    const checked = validateStructure(object, 'Strict')
    if (isStatus(checked) || !schemaOf({ group: 'apps', version: 'v1', kind: 'Deployment' })) throw new Error('the manifest is not sound')
    const errors = kind.validateCreate(kind.prepareCreate(kind.defaults(checked.object)))
    if (errors.length > 0) throw new Error(errors[0]!.body)
  })
}

let running: Cluster | undefined

/** kubectl get pods -A with 10,000 pods, from the command line to the last line of the table. */
function kubectlGet(): number {
  if (!running) {
    running = bootedCluster(100)
    apply(running, deploymentOf('web', 10_000))
    const cluster = running
    runUntil(cluster, () => isRolledOut(cluster, 'web', 10_000))
  }
  const cluster = running
  return wallMs(() => {
    const pid = cluster.runKubectl({ argv: ['get', 'pods', '-A'] })
    runUntil(cluster, () => cluster.kubectl.processes.get(pid)?.exit !== undefined)
    if (cluster.kubectl.textOf(pid, 'stdout').split('\n').length < 10_000) throw new Error('the table is too short')
  })
}

export const requestRows: readonly Row[] = [
  { name: 'pods created through the whole chain, 10 watchers', unit: '/s', goal: 20_000, better: 'higher', reference: 'a real API server some 1,000', measure: () => median(11, creations, 3) },
  { name: 'list of 10,000 pods by a label', unit: 'ms', goal: 20, better: 'lower', reference: 'a real API server some 100', measure: () => median(5, listing, 2) },
  { name: 'server-side apply of a 300-line Deployment', unit: 'ms', goal: 1, better: 'lower', reference: '–', measure: () => median(31, serverSideApply(), 30) },
  { name: 'validation of a 300-line Deployment', unit: 'ms', goal: 0.5, better: 'lower', reference: '–', measure: () => median(51, validation, 50) },
  { name: 'kubectl get pods -A with 10,000 pods', unit: 'ms', goal: 150, better: 'lower', reference: 'kubectl some 1,500', measure: () => median(3, kubectlGet, 1) },
]
