import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { seconds } from '../../src/sim/engine/time.ts'
import { runManifests } from './run.ts'
import { ServedCluster } from './serve-cluster.ts'
import { runTests } from './test.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sim = (...args: readonly string[]) => spawnSync('npx', ['tsx', 'scripts/sim.ts', ...args], { cwd: root, encoding: 'utf8', timeout: 60_000 })

test('settings of components are given on the way, and the cluster is made with them', () => {
  const { cluster } = runManifests({ manifests: [], for: seconds(5), seed: 1, nodes: 1, kubelet: 'kwok', flags: { 'kube-controller-manager.node-monitor-grace-period': '20s' } })
  expect(cluster.flags.list().find(({ id }) => id.endsWith('node-monitor-grace-period'))?.text).toBe('20s')
})

test('a served cluster is made with them too', () => {
  const { cluster } = new ServedCluster({ port: 0, host: '127.0.0.1', speed: 1, token: undefined, seed: 1, nodes: 1, kubelet: 'kwok', flags: { 'kube-controller-manager.node-monitor-grace-period': '20s' } })
  expect(cluster.flags.list().find(({ id }) => id.endsWith('node-monitor-grace-period'))?.text).toBe('20s')
})

const HOLDS_ONE_PORT = `apiVersion: chainsaw.kyverno.io/v1alpha1
kind: Test
metadata: {name: one-port}
spec:
  steps:
    - try:
        - create: {resource: {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, ports: [{port: 80}]}}}
        - assert: {resource: {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{nodePort: 31000}]}}}
`

test('scenarios run on clusters made with them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-flags-'))
  writeFileSync(join(folder, 'chainsaw-test.yaml'), HOLDS_ONE_PORT)
  const mute = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
  const failures = (flags: Readonly<Record<string, string>>) => runTests({ paths: [folder], seed: 1, nodes: 1, kubelet: 'kwok', verbose: false, flags })
  try {
    expect([await failures({}), await failures({ 'kube-apiserver.service-node-port-range': '31000' })]).toEqual([1, 0])
  } finally {
    mute.mockRestore()
    rmSync(folder, { recursive: true })
  }
}, 60_000)

test('a wrong setting is refused in the words of its component, with the usage', () => {
  const { status, stderr } = sim('hash', '--flag', 'kube-controller-manager.node-monitor-grace-period=soon', '--nodes', '1')
  expect(status).toBe(2)
  expect(stderr).toContain('--flag: invalid argument "soon" for "--node-monitor-grace-period" flag: time: invalid duration "soon"')
}, 60_000)
