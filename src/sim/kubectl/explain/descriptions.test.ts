import { expect, it } from 'vitest'
import { Cluster } from '../../cluster.ts'
import { provideDescriptions } from './descriptions.ts'

const TEXTS = { 'core.v1.Pod': { '': 'Pod is a group of containers.', spec: 'What is wanted.' } }

it('explain leaves the same state behind whether its host has the texts or not, and shows them where it has', () => {
  const explained = (): { stdout: string; hash: unknown; read: () => string } => {
    const cluster = new Cluster({ seed: 7, nodes: 1, kubelet: 'kwok', bare: true })
    cluster.boot()
    const { stdout } = cluster.kubectlNow({ argv: ['explain', 'pods'] })
    return { stdout, hash: cluster.engine.hash(), read: () => cluster.kubectl.textOf('1') }
  }
  const before = explained()
  provideDescriptions(TEXTS)
  const after = explained()
  expect(before.stdout).toContain('DESCRIPTION:\n    <empty>\n    \nFIELDS:\n')
  expect(before.stdout).toContain('  spec\t<PodSpec>\n\n')
  expect(after.stdout).toContain('DESCRIPTION:\n    Pod is a group of containers.\n    \nFIELDS:\n')
  expect(after.stdout).toContain('  spec\t<PodSpec>\n    What is wanted.\n\n')
  expect(after.stdout).toContain('    <no description>\n')
  expect(after.hash).toBe(before.hash)
  expect(before.read()).toBe(after.stdout)
})
