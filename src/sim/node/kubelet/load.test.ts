import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { createCluster } from '../../cluster.ts'
import { formatTime, seconds } from '../../engine/time.ts'
import { amountAt, loadAge, nextAbove, parseLoad } from './load.ts'

test('a load that begins at an instant counts from there, or from the start of a later container', () => {
  const load = parseLoad('cpu=ramp:100m:500m:40s since=2026-01-01T00:01:00Z')
  expect(load.since).toBe(seconds(60))
  const whole = { memory: { kind: 'constant', value: 0 }, ...load } as Parameters<typeof loadAge>[0]
  expect(loadAge(whole, seconds(10), seconds(30))).toBe(0)
  expect(loadAge(whole, seconds(10), seconds(80))).toBe(seconds(20))
  expect(loadAge(whole, seconds(70), seconds(80))).toBe(seconds(10))
})

test('the next crossing of a limit is found from any age on', () => {
  const spike = parseLoad('cpu=spike:100m:900m:30s:5m').cpu!
  for (const from of [0, 200, 280, 310, 900].map(seconds)) {
    const at = nextAbove(spike, 500, from)!
    expect(at).toBeGreaterThanOrEqual(from)
    expect(amountAt(spike, at)).toBe(900)
    if (at > from) expect(amountAt(spike, at - 1)).toBe(100)
  }
  expect(nextAbove(spike, 900, 0)).toBeUndefined()
  const falling = parseLoad('cpu=ramp:900m:100m:80s').cpu!
  expect(nextAbove(falling, 500, 0)).toBe(0)
  expect(nextAbove(falling, 500, seconds(60))).toBeUndefined()
})

test('a leak that is declared for a running container kills it when it has outgrown the limit, again after each restart, until it is taken back', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  const manifest = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: nginx:1.28, resources: {limits: {memory: 64Mi}}}]}\n'
  expect(cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': manifest } }).code).toBe(0)
  cluster.runFor(seconds(60))
  const status = (): NonNullable<Pod['status']>['containerStatuses'] => (cluster.objects.get('pods/default/web') as Pod).status?.containerStatuses
  expect(status()?.[0]?.restartCount).toBe(0)
  cluster.kubectlNow({ argv: ['annotate', 'pod', 'web', `orrery.dev/load=memory=leak:24Mi:2Mi since=${formatTime(cluster.timeline.clock)}`] })
  cluster.runFor(seconds(15))
  expect(status()?.[0]?.restartCount).toBe(0)
  cluster.runFor(seconds(10))
  expect(status()?.[0]?.lastState?.terminated ?? status()?.[0]?.state?.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 })
  cluster.runFor(seconds(60))
  const before = status()![0]!.restartCount!
  expect(before).toBeGreaterThanOrEqual(1)
  cluster.kubectlNow({ argv: ['annotate', 'pod', 'web', 'orrery.dev/load-'] })
  cluster.runFor(seconds(400))
  expect(status()![0]!.state?.running).toBeDefined()
  const after = status()![0]!.restartCount
  cluster.runFor(seconds(300))
  expect(status()![0]!.restartCount).toBe(after)
})
