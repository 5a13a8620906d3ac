import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

const PRESET = `
apiVersion: settings.k8s.io/v1alpha1
kind: PodPreset
metadata: {name: allow-database}
spec:
  selector: {matchLabels: {role: frontend}}
  env: [{name: DB_PORT, value: "6379"}]
  envFrom: [{configMapRef: {name: shared, optional: true}}]
  volumeMounts: [{mountPath: /cache, name: cache-volume}]
  volumes: [{name: cache-volume, emptyDir: {}}]
`
const pod = (name: string, more = '', labels = 'role: frontend'): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: website, ${labels}}${more.startsWith('annotations') ? `, ${more}` : ''}}
spec:
  containers: [{name: website, image: nginx${more.startsWith('env') ? `, ${more}` : ''}}]
`

function apply(cluster: Cluster, text: string): { readonly code: number; readonly stdout: string; readonly stderr: string } {
  return cluster.kubectlNow({ argv: ['apply', '-f', 'm.yaml'], files: { 'm.yaml': text } })
}

function opted(): Cluster {
  const cluster = createCluster({ nodes: 1, flags: { 'kube-apiserver.enable-admission-plugins': 'PodPreset' }, history: { keep: false } })
  cluster.boot()
  return cluster
}

const stored = (cluster: Cluster, name: string): Pod => cluster.objects.get(`pods/default/${name}`) as Pod
const annotationsOf = (cluster: Cluster, name: string): readonly string[] => Object.keys(stored(cluster, name).metadata.annotations ?? {}).filter((key) => key.startsWith('podpreset.'))

test('a cluster that did not opt in does not know PodPresets, as v1.36 does not', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  expect(apply(cluster, PRESET).stderr).toContain('no matches for kind "PodPreset" in version "settings.k8s.io/v1alpha1"')
})

test('pods that the selector chooses get environment, mounts and volumes, and an annotation with the version of the preset', () => {
  const cluster = opted()
  expect(apply(cluster, PRESET)).toMatchObject({ code: 0, stderr: '' })
  apply(cluster, `${pod('website')}---${pod('other', '', 'role: backend')}`)
  const { spec, metadata } = stored(cluster, 'website')
  expect(spec.containers[0]).toMatchObject({ env: [{ name: 'DB_PORT', value: '6379' }], envFrom: [{ configMapRef: { name: 'shared' } }] })
  expect(spec.containers[0]!.volumeMounts).toContainEqual({ mountPath: '/cache', name: 'cache-volume' })
  expect(spec.volumes).toContainEqual({ name: 'cache-volume', emptyDir: {} })
  const version = cluster.objects.get('podpresets.settings.k8s.io/default/allow-database')!.metadata.resourceVersion
  expect(metadata.annotations?.['podpreset.admission.kubernetes.io/podpreset-allow-database']).toBe(version)
  expect(annotationsOf(cluster, 'other')).toEqual([])
  cluster.runFor(seconds(30))
  expect(cluster.kubectlNow({ argv: ['exec', 'website', '--', 'sh', '-c', 'echo $DB_PORT; ls -d /cache'] }).stdout).toBe('6379\n/cache\n')
})

test('where a preset and a pod disagree nothing is injected, and the client is warned; the same value is no conflict', () => {
  const cluster = opted()
  apply(cluster, PRESET)
  const refused = apply(cluster, pod('clash', 'env: [{name: DB_PORT, value: "1"}]'))
  expect(refused.code).toBe(0)
  expect(refused.stderr).toContain('Warning: conflict occurred while applying podpresets: allow-database on pod: clash err: merging env for allow-database has a conflict on DB_PORT in container website')
  expect(stored(cluster, 'clash').spec.containers[0]!.env).toEqual([{ name: 'DB_PORT', value: '1' }])
  expect(annotationsOf(cluster, 'clash')).toEqual([])
  expect(apply(cluster, pod('same', 'env: [{name: DB_PORT, value: "6379"}]')).stderr).toBe('')
  expect(annotationsOf(cluster, 'same')).toHaveLength(1)
})

test('the annotation "exclude" keeps a pod out, and pods of a ReplicaSet are treated like any other', () => {
  const cluster = opted()
  apply(cluster, PRESET)
  apply(cluster, pod('alone', "annotations: {podpreset.admission.kubernetes.io/exclude: 'true'}"))
  expect(annotationsOf(cluster, 'alone')).toEqual(['podpreset.admission.kubernetes.io/exclude'])
  apply(cluster, 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {role: frontend}}, template: {metadata: {labels: {role: frontend}}, spec: {containers: [{name: c, image: nginx}]}}}\n')
  cluster.runFor(seconds(20))
  const made = cluster.list<Pod>('pods', 'default').find(({ metadata }) => metadata.name.startsWith('web-'))!
  expect(made.spec.containers[0]!.env).toEqual([{ name: 'DB_PORT', value: '6379' }])
})

test('a preset must bring something, and the plugin can be switched on in a running cluster', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  cluster.flags.set(cluster.timeline, 'kube-apiserver.enable-admission-plugins', 'PodPreset')
  cluster.runFor(seconds(5))
  expect(apply(cluster, 'apiVersion: settings.k8s.io/v1alpha1\nkind: PodPreset\nmetadata: {name: empty}\nspec: {selector: {}}\n').stderr).toContain('must specify at least one of')
  expect(apply(cluster, PRESET).code).toBe(0)
})
