import type { Pod } from '../../src/sim/api/pod.ts'
import { nodeObject } from '../../src/sim/bootstrap.ts'
import type { Node } from '../../src/sim/kinds/node/node.ts'
import { decide } from '../../src/sim/scheduler/decide.ts'
import { emptyNodeInfo, withPod } from '../../src/sim/scheduler/node-info.ts'
import type { Objects } from '../../src/sim/scheduler/plugin.ts'
import { snapshotOf } from '../../src/sim/scheduler/snapshot.ts'
import { wallMs, type Row } from '../row.ts'

const NODES = 5000
const PODS = 10_000
const WARM_UP = 500
const NO_OBJECTS: Objects = { get: () => undefined, list: () => [] }

const pod = (i: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${i}`, namespace: 'default', uid: `uid-${i}`, labels: { app: `app-${i % 20}` } },
  spec: {
    schedulerName: 'default-scheduler',
    containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '128Mi' } } }],
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
  },
})

/** Decisions a second, each pod counted on its node before the next one is looked at, as the scheduler's cache has it. */
function decisionsPerSecond(): number {
  const snapshot = snapshotOf(Array.from({ length: NODES }, (_, i) => emptyNodeInfo(nodeObject(i + 1) as Node)))
  let start = 0
  let state = 1
  const random = (bound: number): number => Math.floor((((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8) / 0x100_0000) * bound)
  const place = (i: number): void => {
    const one = pod(i)
    const decision = decide(one, { snapshot, objects: NO_OBJECTS, nominated: () => [], latest: (p) => p, random, start })
    start = decision.nextStart
    if (decision.outcome !== 'scheduled') throw new Error(decision.message ?? 'the pod found no node')
    const before = snapshot.get(decision.node!)!
    snapshot.apply(before.name, before, withPod(before, { ...one, spec: { ...one.spec, nodeName: before.name } }))
  }
  for (let i = 0; i < WARM_UP; i++) place(i)
  return PODS / (wallMs(() => {
    for (let i = WARM_UP; i < WARM_UP + PODS; i++) place(i)
  }) / 1000)
}

export const schedulerRow: Row = {
  name: 'scheduler, all default plugins, 5,000 nodes',
  unit: 'pods/s',
  goal: 1000,
  better: 'higher',
  reference: "kube-scheduler's CI threshold 270",
  measure: decisionsPerSecond,
}
