import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seconds } from '../../src/sim/engine/time.ts'
import { runManifests } from './run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sim = (...args: readonly string[]) => spawnSync('npx', ['tsx', 'scripts/sim.ts', ...args], { cwd: root, encoding: 'utf8', timeout: 60_000 })

test('settings of components are given on the way, and the cluster is made with them', () => {
  const { cluster } = runManifests({ manifests: [], for: seconds(5), seed: 1, nodes: 1, kubelet: 'kwok', flags: { 'kube-controller-manager.node-monitor-grace-period': '20s' } })
  expect(cluster.flags.list().find(({ id }) => id.endsWith('node-monitor-grace-period'))?.text).toBe('20s')
})

test('a wrong setting is refused in the words of its component, with the usage', () => {
  const { status, stderr } = sim('hash', '--flag', 'kube-controller-manager.node-monitor-grace-period=soon', '--nodes', '1')
  expect(status).toBe(2)
  expect(stderr).toContain('--flag: invalid argument "soon" for "--node-monitor-grace-period" flag: time: invalid duration "soon"')
}, 60_000)
