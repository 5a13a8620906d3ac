import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createCluster } from '../../sim/index.ts'
import { checkFiles, mendFile } from '../applying.ts'

const cluster = createCluster({ kubelet: 'kwok' })
cluster.boot()
const check = (text: string) => checkFiles(cluster, [{ name: 'a.yaml', text }]).filter(({ severity }) => severity === 'error')
const mend = (text: string): string => mendFile(cluster, { name: 'a.yaml', text }).text
const titles = (text: string): readonly string[] => check(text).flatMap(({ fixes = [] }) => fixes.map(({ title }) => title.id))

const pod = (container: string, rest = ''): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n${container}${rest}`

test('tabs become spaces', () => {
  expect(mend('apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\nspec:\n\tcontainers:\n\t- name: c\n\t\timage: nginx\n')).toBe(pod('  - name: c\n    image: nginx\n'))
})

test('a misspelt field is renamed in place, comments and all', () => {
  expect(mend('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  lables: # who\n    a: b\n')).toBe('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: # who\n    a: b\n')
})

test('a field at the wrong depth is moved to where it belongs', () => {
  expect(mend(pod('  - name: c\n    image: nginx\n', 'volumes:\n- name: v\n  emptyDir: {}\n'))).toContain('  volumes:\n')
})

test('capitals in names become hyphens', () => {
  expect(mend('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: myConfig\n')).toContain('name: my-config')
})

test('a mapping where a list belongs becomes its first item', () => {
  expect(mend('apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    name: c\n    image: nginx\n')).toContain('    - name: c\n      image: nginx')
})

test('a number where a text belongs is quoted, a quoted truth is not', () => {
  expect(mend(pod('  - name: c\n    image: nginx\n    env:\n    - name: PORT\n      value: 80\n'))).toContain('value: "80"')
  expect(mend(pod('  - name: c\n    image: nginx\n    stdin: "true"\n'))).toContain('stdin: true')
})

test('an old version is explained and rewritten, with the selector that it did not need', () => {
  const text = 'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: c\n          image: nginx\n'
  expect(check(text)[0]?.explain).toEqual({ id: 'former', params: { kind: 'Deployment', from: 'extensions/v1beta1', to: 'apps/v1', gone: '1.16' } })
  expect(mend(text)).toContain('apiVersion: apps/v1')
  expect(check(mend(text))).toEqual([])
})

test('an old Ingress gets the present form of its backends', () => {
  const text = 'apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  rules:\n    - host: a.example\n      http:\n        paths:\n          - path: /\n            backend:\n              serviceName: web\n              servicePort: 80\n'
  expect(mend(text)).toContain('service:\n                name: web\n                port:\n                  number: 80')
  expect(check(mend(text))).toEqual([])
})

test('a PodPreset is explained and becomes a policy that the server takes', () => {
  const text = 'apiVersion: settings.k8s.io/v1alpha1\nkind: PodPreset\nmetadata:\n  name: p\nspec:\n  selector:\n    matchLabels:\n      role: web\n  env:\n    - name: A\n      value: b\n'
  expect(check(text)[0]?.explain?.id).toBe('gone.PodPreset')
  expect(mend(text)).toContain('kind: MutatingAdmissionPolicyBinding')
  expect(check(mend(text))).toEqual([])
})

test('a cluster with the plugin PodPreset takes one as it is, and any kind that a definition of the cluster serves', () => {
  const opted = createCluster({ kubelet: 'kwok', flags: { 'kube-apiserver.enable-admission-plugins': 'PodPreset' } })
  opted.boot()
  const problems = (spec: string) => checkFiles(opted, [{ name: 'a.yaml', text: `apiVersion: settings.k8s.io/v1alpha1\nkind: PodPreset\nmetadata:\n  name: p\nspec:\n${spec}` }])
  expect(problems('  env:\n    - name: A\n      value: b\n')).toEqual([])
  expect(problems('  env:\n    - value: b\n')[0]).toMatchObject({ severity: 'error', line: expect.any(Number), message: expect.stringContaining('Required') })
})

test('a text that is right has nothing to mend', () => {
  expect(titles(pod('  - name: c\n    image: nginx\n'))).toEqual([])
})

const seeds = '../shared/seeds'

test.skipIf(!existsSync(seeds))('every manifest of the source texts is right, or can be mended to be right', () => {
  const left: string[] = []
  for (const file of readdirSync(seeds).sort()) {
    for (const [, text = ''] of readFileSync(`${seeds}/${file}`, 'utf8').matchAll(/```\w*\r?\n([\s\S]*?)```/g)) {
      // Snapshots are objects of an add-on.
      if (!/apiVersion/.test(text) || /kind: VolumeSnapshot/.test(text)) continue
      const errors = check(mend(text))
      if (errors.length > 0) left.push(`${file}: ${text.slice(0, 60)} … ${errors[0]?.message}`)
    }
  }
  expect(left).toEqual([])
})
