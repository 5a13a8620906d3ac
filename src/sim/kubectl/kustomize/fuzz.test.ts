import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Cluster } from '../../cluster.ts'

const FIELDS = ['resources', 'components', 'namePrefix', 'namespace', 'labels', 'commonLabels', 'images', 'replicas', 'patches', 'patchesStrategicMerge', 'configMapGenerator', 'secretGenerator', 'generatorOptions', 'replacements', 'sortOptions', 'vars']
const KEYS = ['name', 'kind', 'apiVersion', 'metadata', 'spec', 'patch', 'path', 'target', 'pairs', 'literals', 'source', 'targets', 'select', 'fieldPaths', 'fieldPath', 'options', '$patch', 'op', 'value', 'count', 'newTag', 'create', '__proto__', 'subjects', 'labels']
const TEXTS = ['a.yaml', 'over', 'x', 'ConfigMap', 'v1', 'delete', 'metadata.name', 'data.[a=b].c', 'spec', '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: b}}', '[{op: remove, path: /metadata}]', '- {op: add, path: /data/a, value: 1}', 'A=1', '.*', '(', '', '/', '..']
const scalar = fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(0, -1, 2, true, null))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 4 })),
}))
const kustomization = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 4 })

it('builds any kustomization or says what is wrong with it', () => {
  const cluster = new Cluster({ seed: 4, nodes: [], kubelet: 'kwok', bare: true })
  cluster.boot()
  const build = (top: unknown, file: unknown): number =>
    cluster.kubectlNow({ argv: ['kustomize', '.'], files: { 'kustomization.yaml': JSON.stringify(top), 'a.yaml': JSON.stringify(file), 'b.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: b}}', 'over/kustomization.yaml': 'resources: [../b.yaml]' } }).code
  fc.assert(fc.property(kustomization, value, (top, file) => [0, 1].includes(build(top, file)) && [0, 1].includes(build({ ...top, resources: ['b.yaml'] }, file))), { numRuns: 500, seed: 21 })
  expect(build({ resources: ['b.yaml'] }, null)).toBe(0)
})
