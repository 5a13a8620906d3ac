import { beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
`

function boot(): { cluster: Cluster; run: (line: string, files?: Record<string, string>) => { code: number; stdout: string; stderr: string } } {
  const cluster = new Cluster({ seed: 7, nodes: 2, kubelet: 'kwok', bare: true })
  cluster.boot()
  return { cluster, run: (line, files = { 'web.yaml': WEB }) => cluster.kubectlNow({ argv: line.split(' '), files }) }
}

describe('kubectl', () => {
  let world: ReturnType<typeof boot>
  beforeAll(() => {
    world = boot()
  })
  const run = (line: string, files?: Record<string, string>) => world.run(line, files)

  it('applies, and says unchanged and configured', () => {
    expect(run('apply -f web.yaml')).toEqual({ code: 0, stdout: 'deployment.apps/web created\n', stderr: '' })
    expect(run('apply -f web.yaml').stdout).toBe('deployment.apps/web unchanged\n')
    expect(run('apply -f web.yaml', { 'web.yaml': WEB.replace('replicas: 3', 'replicas: 2') }).stdout).toBe('deployment.apps/web configured\n')
    expect(run('rollout status deploy/web').stdout).toMatch(/deployment "web" successfully rolled out\n$/)
    world.cluster.runFor(seconds(5))
    expect(run('get deploy').stdout).toMatch(/^NAME {3}READY {3}UP-TO-DATE {3}AVAILABLE {3}AGE\nweb {4}2\/2/)
  })

  it('applies nothing of a file of which one document does not parse', () => {
    const bad = run('apply -f two.yaml', { 'two.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fine}\n---\na: [\n' })
    expect(bad.code).toBe(1)
    expect(bad.stderr).toMatch(/^error: error parsing two.yaml: error converting YAML to JSON: yaml: /)
    expect(run('get cm fine').stderr).toBe('Error from server (NotFound): configmaps "fine" not found\n')
  })

  it('describes the slice of a Service that no pod is behind', () => {
    expect(run('create service clusterip lonely --tcp=80').code).toBe(0)
    world.cluster.runFor(seconds(3))
    expect(run('describe endpointslices -l kubernetes.io/service-name=lonely')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/Ports: <unset>\nEndpoints: <none>\n/) })
    expect(run('delete service lonely').code).toBe(0)
  })

  it('scales, sets an image, and goes back', () => {
    expect(run('scale deploy/web --replicas=4').stdout).toBe('deployment.apps/web scaled\n')
    expect(run('set image deploy/web nginx=nginx:1.28').stdout).toBe('deployment.apps/web image updated\n')
    run('rollout status deploy/web')
    expect(run('rollout history deploy/web').stdout).toContain('REVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n')
    expect(run('rollout undo deploy/web').stdout).toBe('deployment.apps/web rolled back\n')
    expect(run('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}').stdout).toBe('nginx:1.27')
  })

  it('says what it does not know in its own words', () => {
    expect(run('gett pods')).toEqual({ code: 1, stdout: '', stderr: 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tget\n\tset\n' })
    expect(run('get foo').stderr).toBe('error: the server doesn\'t have a resource type "foo"\n')
    expect(run('get pods --nope').stderr).toBe("error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n")
    expect(run('scale deploy web').stderr).toBe('error: required flag(s) "replicas" not set\n')
  })

  it('deletes and waits until it is gone', () => {
    run('create cm gone')
    expect(run('delete cm gone').stdout).toBe('configmap "gone" deleted from default namespace\n')
    expect(run('delete cm gone').stderr).toBe('Error from server (NotFound): configmaps "gone" not found\n')
  })

  it('goes through many objects in order, past those that are refused', () => {
    const doc = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "${name}"}\n`
    const files = { 'many.yaml': ['m1', 'm2', 'Bad Name', 'm3', 'm4'].map(doc).join('---\n') }
    const { code, stdout, stderr } = run('apply -f many.yaml', files)
    expect(code).toBe(1)
    expect(stdout).toBe(['m1', 'm2', 'm3', 'm4'].map((n) => `configmap/${n} created\n`).join(''))
    expect(stderr).toMatch(/^The ConfigMap "Bad Name" is invalid: metadata.name: Invalid value: "Bad Name"/)
    expect(run('create -f two.yaml --dry-run=client -o yaml', { 'two.yaml': `${doc('a')}---\n${doc('b')}` }).stdout.split('---\n')).toHaveLength(2)
    expect(run('delete -f many.yaml', files).stdout).toBe(['m1', 'm2', 'm3', 'm4'].map((n) => `configmap "${n}" deleted from default namespace\n`).join(''))
  })

  it('remembers the namespace of the context', () => {
    run('create ns team')
    run('config set-context --current --namespace=team')
    expect(run('get pods').stderr).toBe('No resources found in team namespace.\n')
    run('config set-context --current --namespace=')
  })

  it('edits through the host, shows the complaint and opens again', () => {
    const { cluster } = world
    const pid = cluster.runKubectl({ argv: ['edit', 'deploy', 'web'] })
    const until = (): void => {
      while (!cluster.kubectl.edits.has(pid) && cluster.kubectl.processes.get(pid)!.exit === undefined) cluster.timeline.step()
    }
    until()
    const text = cluster.kubectl.edits.get(pid)!.text
    cluster.timeline.command(`kubectl/${pid}`, 'edited', text.replace(/replicas: \d+\n {2}revision/, 'replicas: -1\n  revision'))
    until()
    expect(cluster.kubectl.edits.get(pid)!.text).toContain('# deployments.apps "web" was not valid:\n# * spec.replicas')
    cluster.timeline.command(`kubectl/${pid}`, 'edited', text.replace(/replicas: \d+\n {2}revision/, 'replicas: 1\n  revision'))
    until()
    expect(cluster.kubectl.textOf(pid, 'stdout')).toBe('deployment.apps/web edited\n')
  })

  it('watches until it is interrupted, and its watch is closed then', () => {
    const { cluster } = world
    const before = cluster.server.hub.open.size
    const pid = cluster.runKubectl({ argv: ['get', 'cm', '-w', '--no-headers'] })
    cluster.runFor(seconds(1))
    expect(cluster.server.hub.open.size).toBe(before + 1)
    run('create cm seen')
    cluster.runFor(seconds(1))
    expect(cluster.kubectl.textOf(pid, 'stdout')).toMatch(/seen +0 +\d+s\n$/)
    cluster.timeline.command(`kubectl/${pid}`, 'interrupt', null)
    cluster.runFor(seconds(1))
    expect(cluster.kubectl.processes.get(pid)!.exit).toBe(130)
    expect(cluster.server.hub.open.size).toBe(before)
  })

  it('is stepped back like anything else', () => {
    const { cluster } = world
    const [index, hash] = [cluster.timeline.index, cluster.engine.hash()]
    run('create cm later')
    run('get pods -o wide')
    cluster.timeline.seek(index)
    expect(cluster.engine.hash()).toBe(hash)
  })
})
