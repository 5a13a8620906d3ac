import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../cluster.ts'
import { minutes, seconds } from '../engine/time.ts'

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: app, labels: {app: a}, annotations: {orrery.dev/load: "cpu=250m memory=64Mi"}}\nspec: {containers: [{name: one, image: "busybox:1.36", command: [sleep, "100000"]}, {name: two, image: "busybox:1.36", command: [sleep, "100000"]}]}\n'
const kubectl = (cluster: Cluster, line: string, files: Readonly<Record<string, string>> = {}): { readonly code: number; readonly stdout: string; readonly stderr: string } => cluster.kubectlNow({ argv: line.split(' '), files })
const world = (metrics: boolean): Cluster => {
  const cluster = createCluster({ nodes: 1, metrics, history: { keep: false } })
  cluster.boot()
  return cluster
}

test('without a metrics server there is nobody to ask', () => {
  expect(kubectl(world(false), 'top pods')).toMatchObject({ code: 1, stderr: 'error: Metrics API not available\n' })
})

test('with one, pods are measured from their second sample on, and nodes in all', () => {
  const cluster = world(true)
  cluster.runFor(minutes(1))
  expect(kubectl(cluster, 'get apiservice v1beta1.metrics.k8s.io').stdout).toMatch(/kube-system\/metrics-server\s+True/)
  expect(kubectl(cluster, 'top pods').stderr).toBe('No resources found in default namespace.\n')
  kubectl(cluster, 'apply -f p.yaml', { 'p.yaml': POD })
  cluster.runFor(seconds(5))
  expect(kubectl(cluster, 'top pods').stderr).toBe('error: metrics not available yet\n')
  cluster.runFor(seconds(40))
  expect(kubectl(cluster, 'top pods --sum').stdout.split('\n').map((l) => l.trimEnd())).toEqual(['NAME   CPU(cores)   MEMORY(bytes)', 'app    500m         128Mi', '       ________     ________', '       500m         128Mi', ''])
  expect(kubectl(cluster, 'top po app --containers').stdout.split('\n').map((l) => l.trimEnd())).toEqual(['POD   NAME   CPU(cores)   MEMORY(bytes)', 'app   one    250m         64Mi', 'app   two    250m         64Mi', ''])
  expect(kubectl(cluster, 'top pods -A --sort-by=cpu --no-headers').stdout.split('\n')[0]).toMatch(/^default\s+app\s+500m\s+128Mi/)
  expect(kubectl(cluster, 'top nodes').stdout).toMatch(/^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) *\ncontrol-plane +\d+m +\d+% +\d+Mi +\d+% *\nnode-1 +\d+m +\d+% +\d+Mi +\d+% *\n$/)
  const raw = JSON.parse(kubectl(cluster, 'get --raw /apis/metrics.k8s.io/v1beta1/namespaces/default/pods/app').stdout) as object
  expect(raw).toMatchObject({ kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1', metadata: { name: 'app', namespace: 'default', labels: { app: 'a' } }, containers: [{ name: 'one', usage: { cpu: '250000000n', memory: '64Mi' } }, { name: 'two' }] })
  expect(kubectl(cluster, 'top pod nobody').stderr).toBe('Error from server (NotFound): pods "nobody" not found\n')
})

test('when it falls over, autoscalers and people are told so', () => {
  const cluster = world(true)
  cluster.runFor(minutes(1))
  kubectl(cluster, 'scale deployment metrics-server -n kube-system --replicas=0')
  cluster.runFor(seconds(60))
  expect(kubectl(cluster, 'top nodes').stderr).toMatch(/^Error from server \(ServiceUnavailable\): the server is currently unable to handle the request/)
})
