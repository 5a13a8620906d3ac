import { expect, test } from 'vitest'
import { minutes, seconds } from '../../engine/time.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import type { HorizontalPodAutoscaler } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'

const FLEETS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: fleets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: fleets, singular: fleet, kind: Fleet, listKind: FleetList}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`
const fleet = 'apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: f}\nspec: {replicas: 1}\n'
const scaler = (apiVersion: string, kind: string, name: string): string =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  scaleTargetRef: {apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}}\n  minReplicas: 3\n  maxReplicas: 5\n  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]\n`

function world(...manifests: readonly string[]): Cluster {
  const cluster = createCluster({ seed: 3, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  for (const yaml of manifests) {
    const { code, stderr } = cluster.kubectlNow({ argv: ['apply', '-f', 'x.yaml'], files: { 'x.yaml': yaml } })
    if (code !== 0) throw new Error(stderr)
    cluster.runFor(seconds(2))
  }
  cluster.runFor(minutes(1))
  return cluster
}
const able = (cluster: Cluster): unknown => (cluster.objects.get('horizontalpodautoscalers/default/h') as HorizontalPodAutoscaler).status?.conditions?.find((c) => c.type === 'AbleToScale')

test('a custom resource with the subresource scale is scaled', () => {
  const cluster = world(FLEETS, fleet, scaler('example.com/v1', 'Fleet', 'f'))
  expect((cluster.objects.get('fleets.example.com/default/f') as { spec?: { replicas?: number } } | undefined)?.spec?.replicas).toBe(3)
  expect(able(cluster)).toMatchObject({ status: 'True' })
})

test('a kind that cannot be scaled or that nobody serves is told', () => {
  expect(able(world(scaler('apps/v1', 'DaemonSet', 'd')))).toMatchObject({ status: 'False', reason: 'FailedGetScale', message: "the HPA controller was unable to get the target's current scale: the server could not find the requested resource" })
  expect(able(world(scaler('example.com/v1', 'Fleet', 'f')))).toMatchObject({ status: 'False', reason: 'FailedGetScale', message: `the HPA controller was unable to get the target's current scale: no matches for kind "Fleet" in group "example.com"` })
})
