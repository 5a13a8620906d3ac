import type { Service } from '../../kinds/service/service.ts'
import { minutes, seconds } from '../../engine/time.ts'
import { DEFAULT_NOT_READY_TOLERATION, DEFAULT_UNREACHABLE_TOLERATION, DISABLE_ADMISSION_PLUGINS, ENABLE_ADMISSION_PLUGINS, EVENT_TTL, SERVICE_NODE_PORT_RANGE } from '../../flags/kube-apiserver.ts'
import { apply, deployment, kubectl, object, pod, pods, proof, service, type Make, type Proof } from './proof.ts'

function tolerated(make: Make, taint: string): number | undefined {
  const cluster = make()
  apply(cluster, pod('p', 'containers: [{name: c, image: nginx}]'))
  return pods(cluster)[0]!.spec.tolerations?.find((t) => t.key === `node.kubernetes.io/${taint}`)?.tolerationSeconds
}

const POD = pod('p', 'containers: [{name: c, image: "nginx:1.29"}]')

export const API_SERVER_PROOFS: readonly Proof[] = [
  proof(EVENT_TTL, '2m', true, false, (make) => {
    const cluster = make()
    apply(cluster, deployment(1))
    cluster.runFor(minutes(5))
    return cluster.list('events', 'default').length > 0
  }),
  proof(DEFAULT_NOT_READY_TOLERATION, '30', 300, 30, (make) => tolerated(make, 'not-ready')),
  proof(DEFAULT_UNREACHABLE_TOLERATION, '45', 300, 45, (make) => tolerated(make, 'unreachable')),
  proof(ENABLE_ADMISSION_PLUGINS, 'AlwaysPullImages,DenyServiceExternalIPs', ['IfNotPresent', 0], ['Always', 1], (make) => {
    const cluster = make()
    apply(cluster, POD)
    const { code } = cluster.kubectlNow({ argv: ['apply', '-f', 's.yaml'], files: { 's.yaml': service('{port: 80}', ', externalIPs: [192.0.2.7]') } })
    return [pods(cluster)[0]!.spec.containers[0]!.imagePullPolicy ?? '', code]
  }),
  proof(DISABLE_ADMISSION_PLUGINS, 'DefaultTolerationSeconds,ResourceQuota', [2, 1], [0, 0], (make) => {
    const cluster = make()
    apply(cluster, 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: "1"}}\n')
    cluster.runFor(seconds(2))
    apply(cluster, POD)
    return [pods(cluster)[0]!.spec.tolerations?.length ?? 0, kubectl(cluster, 'run second --image=nginx').code]
  }),
  proof(SERVICE_NODE_PORT_RANGE, '31000-31001', [false, 0], [true, 1], (make) => {
    const cluster = make()
    apply(cluster, service('{port: 80, name: a}, {port: 81, name: b}', ', type: NodePort'))
    const given = object<Service>(cluster, 'services/default/web')!.spec.ports!.every(({ nodePort }) => nodePort === 31000 || nodePort === 31001)
    return [given, kubectl(cluster, 'create service nodeport third --tcp=80:80').code]
  }),
]
