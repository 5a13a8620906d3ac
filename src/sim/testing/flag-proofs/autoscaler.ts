import type { Cluster } from '../../cluster.ts'
import { minutes } from '../../engine/time.ts'
import * as flags from '../../flags/kube-controller-manager.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import { apply, deployment, object, proof, until, type Make, type Proof } from './proof.ts'

const AUTOSCALER = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 10
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
`
const load = (cpu: number): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: load}\ndata: {cpu: "${cpu}"}\n`
const WORKERS = deployment(2, '{name: c, image: nginx, resources: {requests: {cpu: 100m}}}')

const wanted = (cluster: Cluster): number => object<Deployment>(cluster, 'deployments/default/web')!.spec.replicas!

/** Two pods that have run for `age` at just what they should, with their autoscaler. */
function settled(make: Make, age = minutes(10)): Cluster {
  const cluster = make()
  apply(cluster, `${load(100)}---\n${WORKERS}`)
  cluster.runFor(age)
  apply(cluster, AUTOSCALER)
  cluster.runFor(minutes(1))
  return cluster
}

const NEVER_READY = deployment(2, '{name: c, image: nginx, resources: {requests: {cpu: 100m}}, readinessProbe: {exec: {command: ["false"]}}}')

/** Are pods that have never been ready taken for overloaded, and not for starting? */
function counted(make: Make, flagsOfBoth: Readonly<Record<string, string>>): boolean {
  const cluster = make({ kubelet: 'detailed', nodes: 1, flags: flagsOfBoth })
  apply(cluster, `${load(400)}---\n${NEVER_READY}---\n${AUTOSCALER}`)
  cluster.runFor(minutes(2))
  return wanted(cluster) > 2
}

export const AUTOSCALER_PROOFS: readonly Proof[] = [
  proof(flags.HPA_SYNC_PERIOD, '2m', true, false, (make) => {
    const cluster = make()
    apply(cluster, `${load(400)}---\n${WORKERS}`)
    cluster.runFor(minutes(10))
    apply(cluster, AUTOSCALER)
    return until(cluster, () => wanted(cluster) > 2) < 40
  }),
  proof(flags.HPA_DOWNSCALE_STABILIZATION, '30s', false, true, (make) => {
    const cluster = settled(make)
    apply(cluster, load(20))
    return until(cluster, () => wanted(cluster) < 2) < 120
  }),
  proof(flags.HPA_TOLERANCE, '0.5', 3, 2, (make) => {
    const cluster = settled(make)
    apply(cluster, load(140))
    cluster.runFor(minutes(2))
    return wanted(cluster)
  }),
  proof(flags.HPA_CPU_INITIALIZATION_PERIOD, '0s', false, true, (make) => counted(make, { 'kube-controller-manager.horizontal-pod-autoscaler-initial-readiness-delay': '0s' })),
  proof(flags.HPA_INITIAL_READINESS_DELAY, '0s', false, true, (make) => counted(make, { 'kube-controller-manager.horizontal-pod-autoscaler-cpu-initialization-period': '1s' })),
]
