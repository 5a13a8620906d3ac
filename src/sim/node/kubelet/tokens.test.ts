import { expect, test } from 'vitest'
import { createCluster } from '../../cluster.ts'
import { minutes } from '../../engine/time.ts'

test('the token of a service account is renewed when four fifths of its time are over, without an event', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  const yaml = 'apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, "100000"]}]}\n'
  cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': yaml } })
  cluster.runFor(minutes(1))
  const read = (): { readonly iat: number; readonly exp: number } => {
    const { stdout } = cluster.kubectlNow({ argv: ['exec', 'app', '--', 'cat', '/var/run/secrets/kubernetes.io/serviceaccount/token'] })
    return JSON.parse(Buffer.from(stdout.split('.')[1]!, 'base64url').toString()) as { iat: number; exp: number }
  }
  const first = read()
  expect(first.exp - first.iat).toBe(365 * 24 * 3600)
  const before = cluster.timeline.index
  cluster.runFor(minutes(40))
  expect(cluster.timeline.index - before).toBeLessThan(20)
  expect(read()).toEqual(first)
  cluster.runFor(minutes(12))
  const second = read()
  expect(second.iat - first.iat).toBeGreaterThan(0.8 * 3607)
  cluster.runFor(minutes(600))
  const last = read()
  expect(cluster.timeline.clock / 1_000_000 - (last.iat - first.iat)).toBeLessThan(3700)
  expect(read()).toEqual(last)
})

test('the API server knows who comes with the token of a pod, as long as the pod is there', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  const yaml = 'apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, "100000"]}]}\n'
  cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': yaml } })
  cluster.runFor(minutes(1))
  const { stdout: token } = cluster.kubectlNow({ argv: ['exec', 'app', '--', 'cat', '/var/run/secrets/kubernetes.io/serviceaccount/token'] })
  const ask = () => cluster.kubectlNow({ argv: ['get', 'pods', '--token', token] }).stderr
  expect(ask()).toContain('User "system:serviceaccount:default:default" cannot list resource "pods"')
  cluster.kubectlNow({ argv: ['delete', 'pod', 'app', '--now'] })
  expect(ask()).toContain('You must be logged in to the server')
})
