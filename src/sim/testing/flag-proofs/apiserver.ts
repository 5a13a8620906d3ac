import { cidrHolds } from '../../api/validate/cidr.ts'
import { parseIp } from '../../api/validate/ip.ts'
import { readToken } from '../../apiserver/authentication/account-token.ts'
import { serveHttp } from '../../apiserver/http/door.ts'
import type { Cluster } from '../../cluster.ts'
import type { Service } from '../../kinds/service/service.ts'
import { minutes, seconds } from '../../engine/time.ts'
import * as flags from '../../flags/kube-apiserver.ts'
import { apply, deployment, kubectl, object, pod, pods, proof, service, type Make, type Proof } from './proof.ts'

function tolerated(make: Make, taint: string): number | undefined {
  const cluster = make()
  apply(cluster, pod('p', 'containers: [{name: c, image: nginx}]'))
  return pods(cluster)[0]!.spec.tolerations?.find((t) => t.key === `node.kubernetes.io/${taint}`)?.tolerationSeconds
}

/** The code of a request without credentials. */
const ask = (cluster: Cluster, path: string): number => serveHttp(cluster.server, { method: 'GET', path }, cluster.timeline.clock).code

const claimsOf = (token: string) => readToken(token.trim())!

const POD = pod('p', 'containers: [{name: c, image: "nginx:1.29"}]')

export const API_SERVER_PROOFS: readonly Proof[] = [
  proof(flags.EVENT_TTL, '2m', true, false, (make) => {
    const cluster = make()
    apply(cluster, deployment(1))
    cluster.runFor(minutes(5))
    return cluster.list('events', 'default').length > 0
  }),
  proof(flags.DEFAULT_NOT_READY_TOLERATION, '30', 300, 30, (make) => tolerated(make, 'not-ready')),
  proof(flags.DEFAULT_UNREACHABLE_TOLERATION, '45', 300, 45, (make) => tolerated(make, 'unreachable')),
  proof(flags.ENABLE_ADMISSION_PLUGINS, 'AlwaysPullImages,DenyServiceExternalIPs', ['IfNotPresent', 0], ['Always', 1], (make) => {
    const cluster = make()
    apply(cluster, POD)
    const { code } = cluster.kubectlNow({ argv: ['apply', '-f', 's.yaml'], files: { 's.yaml': service('{port: 80}', ', externalIPs: [192.0.2.7]') } })
    return [pods(cluster)[0]!.spec.containers[0]!.imagePullPolicy ?? '', code]
  }),
  proof(flags.DISABLE_ADMISSION_PLUGINS, 'DefaultTolerationSeconds,ResourceQuota', [2, 1], [0, 0], (make) => {
    const cluster = make()
    apply(cluster, 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: "1"}}\n')
    cluster.runFor(seconds(2))
    apply(cluster, POD)
    return [pods(cluster)[0]!.spec.tolerations?.length ?? 0, kubectl(cluster, 'run second --image=nginx').code]
  }),
  proof(flags.SERVICE_NODE_PORT_RANGE, '31000-31001', [false, 0], [true, 1], (make) => {
    const cluster = make()
    apply(cluster, service('{port: 80, name: a}, {port: 81, name: b}', ', type: NodePort'))
    const given = object<Service>(cluster, 'services/default/web')!.spec.ports!.every(({ nodePort }) => nodePort === 31000 || nodePort === 31001)
    return [given, kubectl(cluster, 'create service nodeport third --tcp=80:80').code]
  }),
  proof(flags.SERVICE_CLUSTER_IP_RANGE, '10.32.0.0/16', ['10.96.0.1', '10.96.0.10', '10.96.0.0/12', true], ['10.32.0.1', '10.32.0.10', '10.32.0.0/16', true], (make) => {
    const cluster = make({ bare: false, nodes: 1 })
    apply(cluster, service())
    const address = (name: string): string => object<Service>(cluster, `services/${name}`)!.spec.clusterIP!
    const [range = ''] = (object(cluster, 'servicecidrs/kubernetes') as unknown as { spec: { cidrs: readonly string[] } }).spec.cidrs
    return [address('default/kubernetes'), address('kube-system/kube-dns'), range, cidrHolds(range, parseIp(address('default/web'))!)]
  }),
  proof(flags.ETCD_COMPACTION_INTERVAL, '1m', 200, 410, (make) => {
    const cluster = make()
    const old = cluster.server.store.revision
    for (let i = 0; i < 6; i++) {
      apply(cluster, service(`{port: ${80 + i}}`))
      cluster.runFor(minutes(0.7))
    }
    return ask(cluster, `/api/v1/services?resourceVersionMatch=Exact&resourceVersion=${old}`)
  }),
  proof(flags.ANONYMOUS_AUTH, 'false', [200, 403], [401, 401], (make) => {
    const cluster = make({ bare: false, nodes: 1 })
    return [ask(cluster, '/version'), ask(cluster, '/api/v1/nodes')]
  }),
  proof(flags.SERVICE_ACCOUNT_MAX_TOKEN_EXPIRATION, '1h30m', [7200, ''], [5400, 'Warning: requested expiration of 7200 seconds shortened to 5400 seconds\n'], (make) => {
    const { stdout, stderr } = kubectl(make(), 'create token default --duration=2h')
    const { exp, iat } = claimsOf(stdout)
    return [exp - iat, stderr]
  }),
  proof(flags.SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION, 'false', [31_536_000, 31_536_000], [3607, 3607], (make) => {
    const cluster = make({ kubelet: 'detailed', nodes: 1 })
    apply(cluster, pod('p', 'containers: [{name: c, image: nginx}]'))
    cluster.runFor(seconds(30))
    const asked = claimsOf(kubectl(cluster, 'create token default --duration=3607s --bound-object-kind=Pod --bound-object-name=p').stdout)
    const inside = claimsOf(kubectl(cluster, 'exec p -- cat /var/run/secrets/kubernetes.io/serviceaccount/token').stdout)
    return [asked.exp - asked.iat, inside.exp - inside.iat]
  }),
]
