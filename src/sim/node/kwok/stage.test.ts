import { describe, expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { ms, seconds } from '../../engine/time.ts'
import { imageContract, labelContract, parseDuration } from './contract.ts'
import { nextAddress } from './pod-ip.ts'
import { statusPatch } from './pod-status.ts'
import { nextStage } from './stage.ts'

const pod = (over: { labels?: Record<string, string>; annotations?: Record<string, string>; policy?: 'Always' | 'Never' | 'OnFailure'; image?: string; status?: Pod['status']; deleting?: boolean; finalizers?: string[]; grace?: number }): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'default',
    labels: over.labels,
    annotations: over.annotations,
    finalizers: over.finalizers,
    ...(over.deleting ? { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: over.grace ?? 30 } : {}),
  },
  spec: { nodeName: 'n', restartPolicy: over.policy ?? 'Always', containers: [{ name: 'c', image: over.image ?? 'pause' }] },
  status: over.status,
})
const running = (ready: boolean): Pod['status'] => ({
  phase: 'Running',
  startTime: '2026-01-01T00:00:00Z',
  conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
})
const stage = (p: Pod, now = 0, marks = {}) => nextStage(p, labelContract(p), { runningAt: 0, ...marks }, now)

describe('the fake kubelet by labels and annotations', () => {
  test('starts a bound pod Running and Ready at once', () => {
    expect(stage(pod({}))).toEqual({ do: 'show', look: { phase: 'Running', ready: true } })
    expect(stage(pod({ status: running(true) }))).toEqual({ do: 'nothing' })
  })
  test('keeps a never-ready pod unready, also when the label comes later, and makes it ready when it goes', () => {
    expect(stage(pod({ labels: { 'never-ready': 'true' } }))).toEqual({ do: 'show', look: { phase: 'Running', ready: false } })
    expect(stage(pod({ labels: { 'never-ready': 'true' }, status: running(true) }))).toEqual({ do: 'show', look: { phase: 'Running', ready: false } })
    expect(stage(pod({ labels: { 'never-ready': 'false' }, status: running(false) }))).toEqual({ do: 'show', look: { phase: 'Running', ready: true } })
  })
  test('makes a pod ready after the time of ready-after', () => {
    const p = { annotations: { 'ready-after': '3s' } }
    expect(stage(pod(p))).toEqual({ do: 'show', look: { phase: 'Running', ready: false } })
    expect(stage(pod({ ...p, status: running(false) }), seconds(1))).toEqual({ do: 'wait', until: seconds(3) })
    expect(stage(pod({ ...p, status: running(false) }), seconds(3))).toEqual({ do: 'show', look: { phase: 'Running', ready: true } })
  })
  test('ends run-to-completion pods after a second, the failing indexes with an error', () => {
    expect(stage(pod({ policy: 'Never', status: running(true) }), ms(10))).toEqual({ do: 'wait', until: seconds(1) })
    expect(stage(pod({ policy: 'OnFailure', status: running(true) }), seconds(1))).toEqual({ do: 'show', look: { phase: 'Succeeded', ready: false, exitCode: 0 } })
    const failing = { 'fail-indexes': '1,3', 'batch.kubernetes.io/job-completion-index': '3', 'exit-code': '7' }
    expect(stage(pod({ policy: 'Never', annotations: failing, status: running(true) }), seconds(1))).toEqual({ do: 'show', look: { phase: 'Failed', ready: false, exitCode: 7 } })
    expect(stage(pod({ policy: 'Never', labels: { 'no-exit': 'true' }, status: running(true) }), seconds(9))).toEqual({ do: 'nothing' })
  })
  test('fails a crashing pod that is never restarted and leaves others unready', () => {
    const crash = { labels: { crash: 'true' }, status: running(false) }
    expect(stage(pod({ ...crash, policy: 'Never' }), seconds(1))).toEqual({ do: 'show', look: { phase: 'Failed', ready: false, exitCode: 1 } })
    expect(stage(pod(crash), seconds(99))).toEqual({ do: 'nothing' })
  })
  test('lets a deleted pod go after stop-after; one that may end fails with 143 and goes without finalizers', () => {
    const p = { annotations: { 'stop-after': '4s' }, status: running(true), deleting: true }
    expect(stage(pod(p), seconds(6), { deletedAt: seconds(5) })).toEqual({ do: 'wait', until: seconds(9) })
    expect(stage(pod(p), seconds(9), { deletedAt: seconds(5) })).toEqual({ do: 'remove' })
    const ended: Pod['status'] = { ...running(false), phase: 'Failed' }
    expect(stage(pod({ ...p, policy: 'Never' }), seconds(9), { deletedAt: seconds(5) })).toEqual({ do: 'show', look: { phase: 'Failed', ready: false, exitCode: 143 } })
    expect(stage(pod({ ...p, policy: 'Never', status: ended, finalizers: ['x'] }), seconds(9))).toEqual({ do: 'nothing' })
    expect(stage(pod({ ...p, policy: 'Never', status: ended }), seconds(9))).toEqual({ do: 'remove' })
  })
})

test('the fake kubelet by images shows what each image stands for', () => {
  const first = (image: string) => nextStage(pod({ image }), imageContract(pod({ image })), {}, 0)
  expect(first('nginx')).toEqual({ do: 'show', look: { phase: 'Running', ready: true } })
  expect(first('nosuch:v1')).toEqual({ do: 'show', look: { phase: 'Pending', ready: false } })
  expect(first('crash:v1')).toEqual({ do: 'show', look: { phase: 'Running', ready: false } })
  expect(imageContract(pod({ image: 'fail:v1' })).end).toEqual({ after: ms(400), exitCode: 1 })
})

test('an image with a meaning keeps it among pods that are steered by labels', () => {
  expect(stage(pod({ image: 'nosuch:v1' }))).toEqual({ do: 'show', look: { phase: 'Pending', ready: false } })
  expect(labelContract(pod({ image: 'forever:v1', policy: 'Never' })).end).toBeUndefined()
  expect(labelContract(pod({ image: 'crash:v1', annotations: { 'stop-after': '2s' } })).stopAfter).toBe(seconds(2))
})

test('only the pods of the kubectl stories show the ids of containers and images', () => {
  const status = (contract: typeof imageContract) => {
    const p = pod({ image: 'nginx:1.27' })
    const { status: s } = statusPatch(p, contract(p), { phase: 'Running', ready: true }, 'now') as unknown as { status: Pod['status'] }
    return s!.containerStatuses![0]!
  }
  expect(status(imageContract).containerID).toMatch(/^containerd:\/\/[0-9a-f]{64}$/)
  expect(status(imageContract).imageID).toMatch(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/)
  expect([status(labelContract).containerID, status(labelContract).imageID]).toEqual([undefined, ''])
})

test('durations are read as Go writes them', () => {
  expect(parseDuration('1m30s', 0)).toBe(seconds(90))
  expect(parseDuration('0.5s', 0)).toBe(ms(500))
  expect(parseDuration('soon', 7)).toBe(7)
})

test('addresses go round the range and skip what is used', () => {
  expect(nextAddress('10.244.1.0/24', 1, () => false)).toEqual({ ip: '10.244.1.2', number: 2 })
  expect(nextAddress('10.244.1.0/24', 254, () => false)).toEqual({ ip: '10.244.1.2', number: 2 })
  expect(nextAddress('10.244.1.0/24', 2, (ip) => ip === '10.244.1.3')).toEqual({ ip: '10.244.1.4', number: 4 })
  expect(nextAddress('10.244.1.0/30', 2, (ip) => ip === '10.244.1.2')).toBeUndefined()
})
