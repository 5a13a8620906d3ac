import { beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../../cluster.ts'

const BASE = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1.27", envFrom: [{configMapRef: {name: conf}}]}]}
`,
}

describe('kubectl kustomize', () => {
  let cluster: Cluster
  beforeAll(() => {
    cluster = new Cluster({ seed: 3, nodes: [], kubelet: 'kwok', bare: true })
    cluster.boot()
  })
  const build = (overlay: string, more: Record<string, string> = {}) => cluster.kubectlNow({ argv: ['kustomize', 'over'], files: { ...BASE, 'over/kustomization.yaml': overlay, ...more } })

  it('renames, and lets references follow to generated names', () => {
    const { stdout } = build('resources: [../base]\nnamePrefix: dev-\nnameSuffix: "-1"\nconfigMapGenerator: [{name: conf, literals: [A=1]}]\n')
    expect(stdout).toContain('  name: dev-web-1\n')
    const name = /name: (dev-conf-1-\w{10})\n/.exec(stdout)?.[1]
    expect(name).toBeDefined()
    expect(stdout.split(name!).length - 1).toBe(2)
  })

  it('labels without touching selectors unless told to', () => {
    const plain = build('resources: [../base]\nlabels: [{pairs: {env: dev}}]\n').stdout
    expect(plain.match(/env: dev/g)).toHaveLength(1)
    const all = build('resources: [../base]\nlabels: [{pairs: {env: dev}, includeSelectors: true}]\n').stdout
    expect(all.match(/env: dev/g)).toHaveLength(3)
  })

  it('patches by target, by name and away', () => {
    expect(build('resources: [../base]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: add, path: /spec/replicas, value: 7}\n').stdout).toContain('replicas: 7')
    expect(build('resources: [../base]\npatches:\n- patch: |-\n    {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 4}}\n').stdout).toContain('replicas: 4')
    expect(build('resources: [../base]\npatches:\n- patch: |-\n    {$patch: delete, apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}\n').stdout).toBe('')
  })

  it('exchanges images, counts and values', () => {
    const { stdout } = build('resources: [../base]\nimages: [{name: nginx, newName: mirror/nginx, newTag: "1.29"}]\nreplicas: [{name: web, count: 2}]\nreplacements:\n- source: {kind: Deployment, name: web, fieldPath: metadata.name}\n  targets: [{select: {kind: Deployment}, fieldPaths: ["spec.template.metadata.labels.who"], options: {create: true}}]\n')
    expect(stdout).toContain('image: mirror/nginx:1.29')
    expect(stdout).toContain('replicas: 2')
    expect(stdout).toContain('who: web')
  })

  it('says what is wrong, and where', () => {
    expect(build('resources: [nope.yaml]\n').stderr).toMatch(/^error: accumulating resources: .*nope.yaml.*no such file or directory\n$/)
    expect(build('resource: []\n').stderr).toBe('error: invalid Kustomization: json: unknown field "resource"\n')
    expect(build('resources: [../over]\n').stderr).toMatch(/^error: cycle detected/)
    expect(build('helmCharts: [{name: x}]\n').stderr).toBe("error: kustomize's helmCharts is not modelled here\n")
  })
})
