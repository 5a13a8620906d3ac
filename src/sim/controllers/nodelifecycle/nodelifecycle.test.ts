import { describe, expect, test } from 'vitest'
import { formatMicroTime, formatTime, seconds } from '../../engine/time.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import type { Node, NodeCondition } from '../../kinds/node/node.ts'
import { deadline, nextTick, observe, unknownStatus } from './health.ts'
import { noScheduleChanges } from './taints.ts'
import { taintInterval, zoneState } from './zones.ts'

const PERIOD = seconds(5)
const PATIENCE = { period: PERIOD, grace: seconds(50), startupGrace: seconds(60) }
const RATES = { primary: 0.1, secondary: 0.01, large: 50 }
const condition = (type: string, status: NodeCondition['status']): NodeCondition => ({ type, status, lastHeartbeatTime: formatTime(seconds(3)) })
const node = (conditions: readonly NodeCondition[], spec: Node['spec'] = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', creationTimestamp: formatTime(0) },
  spec,
  status: { conditions },
})
const lease = (at: number): Lease => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'n' }, spec: { renewTime: formatMicroTime(at) } })

describe('a silent kubelet', () => {
  const ready = node([condition('Ready', 'True')])

  test('is given 50 s from the tick at which its last renewal was seen', () => {
    const health = observe(ready, lease(seconds(102)), undefined, PERIOD, seconds(110))
    expect(deadline(ready, health, PATIENCE)).toBe(seconds(155))
  })

  test('that renews again is given new time', () => {
    const first = observe(ready, lease(seconds(102)), undefined, PERIOD, seconds(110))
    const second = observe(ready, lease(seconds(127)), first, PERIOD, seconds(130))
    expect(deadline(ready, second, PATIENCE)).toBe(seconds(180))
    expect(observe(ready, lease(seconds(127)), second, PERIOD, seconds(140))).toEqual(second)
  })

  test('that never reported is given 60 s from the start', () => {
    const never = node([])
    expect(deadline(never, observe(never, undefined, undefined, PERIOD, seconds(10)), PATIENCE)).toBe(seconds(60))
    expect(unknownStatus(never, seconds(60))!.conditions!.map((c) => [c.type, c.reason])).toEqual(
      ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => [type, 'NodeStatusNeverUpdated']),
    )
  })

  test('leaves conditions unknown, once', () => {
    const status = unknownStatus(ready, seconds(60))!
    expect(status.conditions![0]).toMatchObject({ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' })
    expect(unknownStatus({ ...ready, status }, seconds(65))).toBeUndefined()
  })
})

test('ticks come every five seconds', () => {
  expect(nextTick(PERIOD, seconds(7))).toBe(seconds(3))
  expect(nextTick(PERIOD, seconds(10))).toBe(seconds(5))
})

describe('NoSchedule taints', () => {
  test('follow conditions and the cordon', () => {
    const sick = node([condition('Ready', 'Unknown'), condition('DiskPressure', 'True'), condition('MemoryPressure', 'False')], { unschedulable: true })
    expect(noScheduleChanges(sick).add.map((t) => t.key)).toEqual(['unreachable', 'disk-pressure', 'unschedulable'].map((k) => `node.kubernetes.io/${k}`))
  })

  test('that nothing asks for any more go, foreign ones stay', () => {
    const well = node([condition('Ready', 'True')], {
      taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }, { key: 'mine', effect: 'NoSchedule' }, { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }],
    })
    expect(noScheduleChanges(well)).toEqual({ add: [], remove: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] })
  })
})

describe('a zone', () => {
  test('is judged by how many of its nodes are lost', () => {
    expect(zoneState(0, 3, 0.55)).toBe('FullDisruption')
    expect(zoneState(1, 3, 0.55)).toBe('PartialDisruption')
    expect(zoneState(2, 2, 0.55)).toBe('Normal')
    expect(zoneState(9, 3, 0.55)).toBe('Normal')
  })

  test('loses a node every ten seconds, a small one in partial disruption none', () => {
    expect(taintInterval({ state: 'Normal', nodes: 3, next: 0 }, false, RATES)).toBe(seconds(10))
    expect(taintInterval({ state: 'PartialDisruption', nodes: 50, next: 0 }, false, RATES)).toBeUndefined()
    expect(taintInterval({ state: 'PartialDisruption', nodes: 51, next: 0 }, false, RATES)).toBe(seconds(100))
    expect(taintInterval({ state: 'Normal', nodes: 3, next: 0 }, true, RATES)).toBeUndefined()
  })
})
