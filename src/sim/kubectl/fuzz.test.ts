import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster.ts'
import { commandAt, GLOBAL_FLAGS } from './surface.ts'

const paths = (from = ''): readonly string[] => (commandAt(from)?.commands ?? []).flatMap((name) => {
  const path = from ? `${from} ${name}` : name
  return [path, ...paths(path)]
})
const WORDS = ['pods', 'deploy', 'deploy/web', 'web', 'nope', 'cm,svc', 'all', 'a=b', 'a-', '-', 'team', 'node/n1', 'x/y/z', '', '*', 'pods.v1.', '__proto__', 'constructor', '/healthz', '{.a[', 'über', '--', ':', 'web:/a']
const VALUES = ['', '0', '-1', '3', 'x', 'a=b', 'a in (b', 'web.yaml', 'nope.yaml', 'json', 'yaml', 'name', 'jsonpath={.items[*]', 'jsonpath={..}', 'go-template={{range}}', 'custom-columns=A:.a', '{"spec":null}', '[{"op":"remove"}]', '1m', '1ns', 'true', 'client', 'server', 'all', '../..', '__proto__=1']
const WEB = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}}\n'
const FILES = { 'web.yaml': WEB, 'odd.yaml': 'a: [', 'k/kustomization.yaml': 'resources: [../web.yaml]\n', 'team.json': '{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"team"}}' }

const flags = (path: string): fc.Arbitrary<string> => {
  const known = [...(commandAt(path)?.flags ?? []), ...GLOBAL_FLAGS].filter((f) => !['watch', 'watch-only', 'follow', 'kubeconfig'].includes(f.name))
  return fc.tuple(fc.constantFrom(...known), fc.constantFrom(...VALUES), fc.integer({ min: 0, max: 3 })).map(([f, value, how]) => (how === 0 && f.short ? `-${f.short}` : how === 1 ? `--${f.name}` : `--${f.name}=${value}`))
}
const line = fc.constantFrom(...paths()).chain((path) => fc.array(fc.oneof(fc.constantFrom(...WORDS), flags(path)), { maxLength: 6 }).map((rest) => [...path.split(' '), ...rest]))

describe('kubectl with random command lines', () => {
  let cluster: Cluster
  beforeAll(() => {
    cluster = new Cluster({ seed: 5, nodes: 1, kubelet: 'kwok', bare: true, authorization: 'Node,RBAC' })
    cluster.boot()
    cluster.kubectlNow({ argv: ['apply', '-f', 'web.yaml'], files: FILES })
  })

  /** Runs until it ends or waits for longer than a minute, which Ctrl-C ends. */
  function end(argv: readonly string[]): number {
    const pid = cluster.runKubectl({ argv, files: FILES, env: {} })
    const until = cluster.timeline.clock + 60_000_000
    for (let steps = 0; cluster.kubectl.processes.get(pid)?.exit === undefined; steps++) {
      const at = cluster.timeline.nextAt()
      if (cluster.kubectl.edits.has(pid)) cluster.timeline.command(`kubectl/${pid}`, 'edited', cluster.kubectl.edits.get(pid)!.text)
      else if (at === undefined || at > until || steps > 20_000) cluster.timeline.command(`kubectl/${pid}`, 'interrupt', null)
      else cluster.timeline.step()
    }
    return cluster.kubectl.processes.get(pid)!.exit!
  }

  it('never throws, and always ends with a code', () => {
    fc.assert(fc.property(line, (argv) => Number.isInteger(end(argv))), { numRuns: 400, seed: 11 })
  })

  it('changes nothing that alice may not change', () => {
    const writes = ['apply', 'create', 'delete', 'patch', 'label', 'annotate', 'scale', 'set', 'replace', 'taint', 'cordon', 'drain', 'expose', 'autoscale', 'run', 'edit', 'rollout', 'certificate', 'debug', 'auth']
    const kept = (): string => cluster.server.store.keys('deployments').concat(cluster.server.store.keys('configmaps'), cluster.server.store.keys('namespaces'), cluster.server.store.keys('services')).map((key) => `${key}@${cluster.objects.get(key)!.metadata.generation ?? 0}`).join()
    cluster.settle()
    const before = kept()
    fc.assert(
      fc.property(line.filter((argv) => writes.includes(argv[0]!) && !argv.some((w) => /^(--?(as|token|user|context|username|password|server|cluster|s)\b|-s$)/.test(w))), (argv) => {
        end([...argv.slice(0, 1), '--context=alice@kubernetes', ...argv.slice(1)])
        return kept() === before
      }),
      { numRuns: 150, seed: 12 },
    )
    expect(kept()).toBe(before)
  })

  it('answers whatever a file holds', () => {
    const keys = fc.constantFrom('apiVersion', 'kind', 'metadata', 'spec', 'data', 'name', 'namespace', 'labels', 'annotations', 'generateName', 'template', 'containers', 'rules', 'subjects', 'items', '__proto__')
    const scalars = fc.constantFrom('v1', 'apps/v1', 'ConfigMap', 'Pod', 'List', 'x', 1, -1, true, null, '', 'kubectl.kubernetes.io/last-applied-configuration')
    const { any } = fc.letrec<{ any: unknown }>((tie) => ({ any: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalars, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(keys, tie('any'), { maxKeys: 5 })) }))
    const likely = fc.tuple(fc.constantFrom('ConfigMap', 'Pod', 'Deployment', 'Role', 'List', 'Service'), any, any).map(([kind, metadata, spec]) => ({
      apiVersion: kind === 'Deployment' ? 'apps/v1' : kind === 'Role' ? 'rbac.authorization.k8s.io/v1' : 'v1', kind, metadata, spec, data: spec, rules: spec, items: [metadata, spec],
    }))
    const verbs = ['apply', 'apply --server-side', 'create', 'diff', 'replace', 'delete --wait=false', 'get', 'describe', 'label a=b', 'label a=b --local', 'set image c=d --local', 'set env A=b --local', 'auth reconcile --dry-run=client', 'patch --local -p {"a":1}', 'scale --replicas=1', 'expose --port=80', 'apply set-last-applied']
    const answers = (argv: readonly string[], file: unknown): boolean => Number.isInteger(cluster.kubectlNow({ argv: [...argv, '-f', 'a.yaml'], files: { 'a.yaml': JSON.stringify(file) } }).code)
    fc.assert(fc.property(fc.oneof(likely, any), fc.constantFrom(...verbs), (file, verb) => answers(verb.split(' '), file)), { numRuns: 600, seed: 13 })
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'c' }] } }
    fc.assert(fc.property(any, fc.constantFrom('strategic', 'merge', 'json'), (patch, type) => answers(['patch', '--local', '--type', type, '-p', JSON.stringify(patch)], pod)), { numRuns: 300, seed: 14 })
  })
})
