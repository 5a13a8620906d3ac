import { beforeEach, expect, it } from 'vitest'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

let cluster: Cluster
beforeEach(() => {
  cluster = createCluster({ seed: 1, nodes: 0, bare: true, kubelet: 'kwok' })
  cluster.boot()
  run('create ns t')
})

const config = (...names: readonly string[]): string => names.map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`).join('---\n')
function run(line: string, manifest = '', env: Record<string, string> = { KUBECTL_APPLYSET: 'true' }): { code: number; stdout: string; stderr: string } {
  return cluster.kubectlNow({ argv: line.split(' '), files: { 'f.yaml': manifest }, env })
}
const apply = (set: string, manifest: string, more = ''): { code: number; stdout: string; stderr: string } => run(`apply -n t --prune --applyset=${set} -f f.yaml${more}`, manifest)

it('is there only where the environment asks for it', () => {
  expect(run('apply --prune --applyset=mine -f f.yaml', config('a'), {}).stderr).toBe("error: unknown flag: --applyset\nSee 'kubectl apply --help' for usage.\n")
})

it('keeps account in a parent and deletes members that are no longer applied', () => {
  expect(apply('mine', config('a', 'b'))).toEqual({ code: 0, stdout: 'configmap/a created\nconfigmap/b created\n', stderr: '' })
  const parent = JSON.parse(run('get secret -n t mine -o json').stdout) as { metadata: { labels: Record<string, string>; annotations: Record<string, string> } }
  expect(parent.metadata.annotations).toEqual({ 'applyset.kubernetes.io/tooling': 'kubectl/v1.36.2', 'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap', 'applyset.kubernetes.io/additional-namespaces': '' })
  const id = parent.metadata.labels['applyset.kubernetes.io/id']!
  // base64url(sha256("mine.t.Secret.")), worked out with other tools.
  expect(id).toBe('applyset-lS5dZhdM9CsDW9pbDJ-U52iP-smPjgx6hzCp66NbttE-v1')
  run('create configmap stranger -n t')
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n'
  expect(apply('mine', `${config('a')}---\n${service}`).stdout).toBe('configmap/a unchanged\nservice/s created\nconfigmap/b pruned\n')
  expect(run('get configmap -n t -o name --field-selector=metadata.name!=kube-root-ca.crt').stdout).toBe('configmap/a\nconfigmap/stranger\n')
  expect(run('get configmap,service -n t -o name -l applyset.kubernetes.io/part-of=' + id).stdout).toBe('configmap/a\nservice/s\n')
  expect(run('get secret -n t mine -o jsonpath={.metadata.annotations}').stdout).toContain('"applyset.kubernetes.io/contains-group-kinds":"ConfigMap,Service"')
})

it('changes nothing in dry runs, and works on the server side', () => {
  expect(apply('mine', config('a', 'b'), ' --server-side').stdout).toBe('configmap/a serverside-applied\nconfigmap/b serverside-applied\n')
  const before = run('get secret -n t mine -o yaml').stdout
  expect(apply('mine', config('a'), ' --dry-run=server').stdout).toBe('configmap/a configured (server dry run)\nconfigmap/b pruned (server dry run)\n')
  expect(run('get configmap -n t -o name --field-selector=metadata.name!=kube-root-ca.crt').stdout).toBe('configmap/a\nconfigmap/b\n')
  expect(run('get secret -n t mine -o yaml').stdout).toBe(before)
  expect(apply('mine', config('b'), ' --server-side').stdout).toBe('configmap/b serverside-applied\nconfigmap/a pruned\n')
})

it('follows members into other namespaces', () => {
  run('create ns far')
  const far = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f, namespace: far}\n'
  const all = (manifest: string): string => run('apply -f f.yaml --prune --applyset=configmaps/set -n t', manifest).stderr
  expect(all(far)).toContain('the namespace from the provided object "far" does not match the namespace "t"')
  const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bags.x.io, labels: {applyset.kubernetes.io/is-parent-type: "true"}}
spec: {group: x.io, scope: Cluster, names: {plural: bags, kind: Bag}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}
`
  run('apply -f f.yaml', crd)
  cluster.runFor(seconds(2))
  const set = (manifest: string): { stdout: string; stderr: string } => run('apply -f f.yaml --prune --applyset=bags.x.io/set', manifest)
  expect(set(far).stderr).toBe('error: custom resource ApplySet parents cannot be created automatically\n')
  const id = 'applyset-evYGq39ihVadsnBvS7U20y8Zq_UjISBxbLYj0f6iqcA-v1'
  run('apply -f f.yaml', `apiVersion: x.io/v1\nkind: Bag\nmetadata: {name: set, labels: {applyset.kubernetes.io/id: ${id}}, annotations: {applyset.kubernetes.io/tooling: kubectl/v1, applyset.kubernetes.io/contains-group-kinds: ""}}\n`)
  const first = set(far)
  expect(first.stdout).toBe('configmap/f created\n')
  expect(first.stderr).toContain('ApplySet field manager kubectl-applyset should own these fields. Retrying with conflicts forced.')
  expect(set(config('near')).stdout).toBe('configmap/near created\nconfigmap/f pruned\n')
})

it('refuses what does not fit, before anything is written', () => {
  expect(run('apply -f f.yaml --applyset=mine -n t', config('a')).stderr).toBe('error: --applyset requires --prune\n')
  expect(run('apply -f f.yaml --prune --applyset=mine', config('a')).stderr).toBe('error: namespace is required to use namespace-scoped ApplySet\n')
  expect(apply('pods/mine', config('a')).stderr).toBe('error: resource "/v1, Resource=pods" is not permitted as an ApplySet parent\n')
  expect(apply('nothing/mine', config('a')).stderr).toBe('error: invalid parent reference "nothing/mine": no matches for /, Resource=nothing\n')
  expect(apply('mine', config('a'), ' --all').stderr).toBe('error: --all is incompatible with --applyset\n')
  expect(apply('mine', config('a'), ' -l a=b').stderr).toBe('error: --selector is incompatible with --applyset\n')
  run('create secret generic taken -n t')
  expect(apply('taken', config('a')).stderr).toBe('error: ApplySet parent object "secrets./taken" already exists and is missing required annotation "applyset.kubernetes.io/tooling"\n')
  run('annotate secret taken -n t applyset.kubernetes.io/tooling=helm/v3')
  expect(apply('taken', config('a')).stderr).toBe('error: ApplySet parent object "secrets./taken" already exists and is managed by tooling "helm" instead of "kubectl"\n')
  const labelled = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: l, labels: {applyset.kubernetes.io/part-of: x}}\n'
  expect(apply('mine', labelled).stderr).toBe('error: ApplySet label "applyset.kubernetes.io/part-of" already set in input data\n')
  expect(run('get configmap -n t -o name --field-selector=metadata.name!=kube-root-ca.crt').stdout).toBe('')
})
