import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

const SAMPLE = readFileSync(new URL('../../../../examples/private-registry.yaml', import.meta.url), 'utf8')

test('a private image runs for who has the secret, and backs off for others even where the node has it already', () => {
  const cluster = createCluster({ nodes: 1 })
  cluster.boot()
  cluster.runFor(seconds(5))
  const kubectl = (...argv: string[]): string => {
    const { stdout, stderr } = cluster.kubectlNow({ argv, files: { 'sample.yaml': SAMPLE } })
    return stdout + stderr
  }
  kubectl('apply', '-f', 'sample.yaml')
  cluster.runFor(seconds(45))
  expect(kubectl('get', 'pods')).toMatch(/member +1\/1 +Running[^]*stranger +0\/1 +(?:ErrImagePull|ImagePullBackOff)/)
  expect(kubectl('exec', 'member', '--', 'wget', '-qO-', 'localhost:8080')).toContain('For members only')
  kubectl('run', 'never', '--image=registry.orrery.dev/private/app:1.0', '--image-pull-policy=Never')
  kubectl('patch', 'serviceaccount', 'default', '-p', '{"imagePullSecrets":[{"name":"orrery-registry"}]}')
  kubectl('run', 'later', '--image=registry.orrery.dev/private/app:1.0')
  cluster.runFor(seconds(15))
  expect(kubectl('get', 'pods', 'never', 'later')).toMatch(/never +0\/1 +ErrImageNeverPull[^]*later +1\/1 +Running/)
})
