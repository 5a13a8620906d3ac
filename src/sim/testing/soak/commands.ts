import type { NodeFault } from '../../cluster.ts'
import type { Dice } from './dice.ts'

/** A random thing to do to a cluster. */
export type SoakCommand =
  | { readonly type: 'kubectl'; readonly argv: readonly string[]; readonly files?: Readonly<Record<string, string>> }
  | { readonly type: 'fault'; readonly fault: NodeFault; readonly node: string }
  | { readonly type: 'flag'; readonly flag: string; readonly value: string | null }

/** A node and what mends it. */
export interface Broken {
  readonly node: string
  readonly mend: NodeFault
}

const MENDS: Readonly<Partial<Record<NodeFault, NodeFault>>> = { crash: 'restart', freeze: 'thaw', partition: 'heal' }

/** What the node needs after this; undefined when it comes back by itself. */
export const mendOf = (fault: NodeFault): NodeFault | undefined => MENDS[fault]

/** What the cluster has at the moment, for choosing targets. All lists sorted. */
export interface Surroundings {
  readonly deployments: readonly string[]
  readonly services: readonly string[]
  readonly pods: readonly string[]
  readonly workers: readonly string[]
  /** Nodes that a fault keeps away. */
  readonly broken: readonly Broken[]
}

const NAMES = ['web', 'api', 'shop', 'mail'] as const
const GOOD_IMAGES = ['nginx:1.27', 'nginx:1.29', 'httpd:2.4', 'redis:7.4'] as const
const BAD_IMAGE = 'nginx:1.91'
const BOUNDS = ['0', '1', '2', '25%', '50%', '100%'] as const

/** What is done is chosen by weight; faults are rarer than wishes. */
export function nextCommand(dice: Dice, around: Surroundings, faults: boolean): SoakCommand {
  const some = around.deployments.length > 0
  const kinds: (readonly [number, () => SoakCommand])[] = [
    [some ? 2 : 20, () => apply(dice)],
    [1, () => service(dice)],
    [1, () => job(dice)],
    [1, () => statefulSet(dice)],
  ]
  if (some) kinds.push([6, () => update(dice, `deployment/${dice.pick(around.deployments)}`)], [1, () => removeDeployment(dice, around)])
  if (around.pods.length > 0) kinds.push([3, () => kubectl('delete', 'pod', dice.pick(around.pods), '--wait=false')], [1, () => relabel(dice, around)])
  if (around.services.length > 0) kinds.push([1, () => kubectl('delete', 'service', dice.pick(around.services))])
  if (faults) kinds.push([1, () => kubectl(dice.pick(['cordon', 'uncordon', 'uncordon']), dice.pick(around.workers))], [1, () => fault(dice, around)], [1, () => flag(dice)])
  return dice.weighted(kinds)()
}

const kubectl = (...argv: readonly string[]): SoakCommand => ({ type: 'kubectl', argv })

function apply(dice: Dice): SoakCommand {
  const text = deployment(dice, dice.pick(NAMES))
  return { type: 'kubectl', argv: ['apply', '-f', 'soak.yaml'], files: { 'soak.yaml': text } }
}

function deployment(dice: Dice, name: string): string {
  const surge = dice.pick(BOUNDS)
  const unavailable = surge === '0' ? '1' : dice.pick(BOUNDS)
  const strategy = dice.oneIn(5) ? '{ type: Recreate }' : `{ type: RollingUpdate, rollingUpdate: { maxSurge: ${surge}, maxUnavailable: ${unavailable} } }`
  const requests = dice.oneIn(3) ? `, resources: { requests: { cpu: ${dice.pick(['50m', '250m', '1'])}, memory: ${dice.pick(['32Mi', '256Mi', '1Gi'])} } }` : ''
  const probe = dice.oneIn(2) ? `, readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }` : ''
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${dice.below(9)}
  revisionHistoryLimit: ${dice.below(4)}
  strategy: ${strategy}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: ${dice.pick([0, 2, 30])}
      containers: [{ name: main, image: '${dice.pick(GOOD_IMAGES)}', ports: [{ containerPort: 80 }]${requests}${probe} }]
`
}

function update(dice: Dice, target: string): SoakCommand {
  return dice.weighted<() => SoakCommand>([
    [4, () => kubectl('scale', target, `--replicas=${dice.below(9)}`)],
    [4, () => kubectl('set', 'image', target, `main=${dice.oneIn(5) ? BAD_IMAGE : dice.pick(GOOD_IMAGES)}`)],
    [2, () => kubectl('rollout', 'restart', target)],
    [2, () => kubectl('rollout', 'undo', target)],
    [1, () => kubectl('rollout', 'pause', target)],
    [2, () => kubectl('rollout', 'resume', target)],
  ])()
}

const removeDeployment = (dice: Dice, { deployments }: Surroundings): SoakCommand =>
  kubectl('delete', 'deployment', dice.pick(deployments), `--cascade=${dice.pick(['background', 'foreground', 'orphan'])}`, '--wait=false')

const relabel = (dice: Dice, { pods }: Surroundings): SoakCommand => kubectl('label', 'pod', dice.pick(pods), `app=${dice.pick([...NAMES, 'nobody'])}`, '--overwrite')

function service(dice: Dice): SoakCommand {
  const name = dice.pick(NAMES)
  const text = `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {selector: {app: ${name}}, ports: [{port: 80}]}}`
  return { type: 'kubectl', argv: ['apply', '-f', 'soak.yaml'], files: { 'soak.yaml': text } }
}

function job(dice: Dice): SoakCommand {
  const name = `job-${dice.below(50)}`
  const text = `apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  completions: ${1 + dice.below(5)}
  parallelism: ${1 + dice.below(3)}
  completionMode: ${dice.pick(['Indexed', 'NonIndexed'])}
  backoffLimit: ${dice.below(5)}
  ${dice.oneIn(2) ? `ttlSecondsAfterFinished: ${dice.below(100)}` : ''}
  template:
    spec:
      restartPolicy: ${dice.pick(['Never', 'OnFailure'])}
      containers: [{ name: main, image: busybox, command: [sh, -c, 'sleep ${dice.below(20)}; exit ${dice.oneIn(4) ? 1 : 0}'] }]
`
  return { type: 'kubectl', argv: ['apply', '-f', 'soak.yaml'], files: { 'soak.yaml': text } }
}

function statefulSet(dice: Dice): SoakCommand {
  const text = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: ${dice.below(5)}
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: ${dice.pick([0, 2, 30])}
      containers: [{ name: main, image: '${dice.pick(GOOD_IMAGES)}' }]
`
  return { type: 'kubectl', argv: ['apply', '-f', 'soak.yaml'], files: { 'soak.yaml': text } }
}

/** Settings that change the pace of things, but nothing that Kubernetes promises. */
const PACES: Readonly<Record<string, readonly string[]>> = {
  'kube-controller-manager.concurrent-replicaset-syncs': ['1', '9'],
  'kube-controller-manager.kube-api-qps': ['5', '50'],
  'kube-controller-manager.node-monitor-period': ['2s', '9s'],
  'kube-controller-manager.node-monitor-grace-period': ['20s', '40s'],
  'kube-controller-manager.max-endpoints-per-slice': ['2', '3'],
  'kube-controller-manager.endpointslice-updates-batch-period': ['1s'],
  'kube-apiserver.event-ttl': ['5m'],
  'kubelet.syncFrequency': ['10s'],
  'kubelet.nodeLeaseDurationSeconds': ['20', '60'],
  'kubelet.crashLoopBackOff.maxContainerRestartPeriod': ['5s', '1m'],
}

/** A setting of a component is changed, or goes back to its default. */
function flag(dice: Dice): SoakCommand {
  const name = dice.pick(Object.keys(PACES))
  return { type: 'flag', flag: name, value: dice.oneIn(3) ? null : dice.pick(PACES[name]!) }
}

/** At most half of the workers are away at once, so that the cluster always can go on. */
function fault(dice: Dice, { workers, broken }: Surroundings): SoakCommand {
  if (broken.length > 0 && (dice.oneIn(2) || broken.length * 2 >= workers.length)) {
    const { node, mend } = dice.pick(broken)
    return { type: 'fault', fault: mend, node }
  }
  const up = workers.filter((name) => !broken.some(({ node }) => node === name))
  return { type: 'fault', fault: dice.pick(['crash', 'crash', 'freeze', 'partition', 'reboot'] as const), node: dice.pick(up) }
}
