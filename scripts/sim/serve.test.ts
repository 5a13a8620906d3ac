import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, PatchStrategy, setHeaderOptions, type V1Deployment, type V1Pod } from 'client-node-for-node-20'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTime, seconds } from '../../src/sim/engine/time.ts'
import { certificateFor, kubeconfigFor } from './kubeconfig.ts'
import { ServedCluster } from './serve-cluster.ts'
import { serve, type Serving } from './serve.ts'

let serving: Serving

beforeAll(async () => {
  serving = await serve({ port: 0, host: '127.0.0.1', speed: 50, token: 'letmein', seed: 1, nodes: 2, kubelet: 'kwok' })
}, 60_000)
afterAll(() => serving.close())

function config(token: string | undefined): KubeConfig {
  const kube = new KubeConfig()
  kube.loadFromClusterAndUser({ name: 'orrery', server: serving.url, skipTLSVerify: true }, { name: 'me', ...(token ? { token } : {}) })
  return kube
}

const deployment: V1Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } } },
}

async function until(what: string, test: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await test()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what} never came`)
}

describe('the API over HTTP, asked by the client library', () => {
  it('lists nodes and makes a Deployment whose pods come up while time goes on', async () => {
    const kube = config('letmein')
    const core = kube.makeApiClient(CoreV1Api)
    const apps = kube.makeApiClient(AppsV1Api)
    expect((await core.listNode()).items.map((n) => n.metadata?.name)).toContain('node-1')
    const made = await apps.createNamespacedDeployment({ namespace: 'default', body: deployment })
    expect(made.metadata?.uid).toBeTruthy()
    await until('the ready pods', async () => (await apps.readNamespacedDeployment({ name: 'web', namespace: 'default' })).status?.readyReplicas === 2)
    const scaled = await apps.patchNamespacedDeployment({ name: 'web', namespace: 'default', body: { spec: { replicas: 3 } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch))
    expect(scaled.spec?.replicas).toBe(3)
  }, 30_000)

  it('keeps an informer current', async () => {
    const kube = config('letmein')
    const core = kube.makeApiClient(CoreV1Api)
    const informer = makeInformer<V1Pod>(kube, '/api/v1/namespaces/default/pods', () => core.listNamespacedPod({ namespace: 'default' }))
    const seen: string[] = []
    informer.on('add', (pod) => seen.push(`+${pod.metadata?.name}`))
    informer.on('delete', (pod) => seen.push(`-${pod.metadata?.name}`))
    await informer.start()
    await core.createNamespacedPod({ namespace: 'default', body: { metadata: { name: 'lone' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } })
    await until('the new pod', () => seen.includes('+lone'))
    await core.deleteNamespacedPod({ name: 'lone', namespace: 'default', gracePeriodSeconds: 0 })
    await until('its end', () => seen.includes('-lone'))
    await informer.stop()
  }, 30_000)

  it('applies on the server and says who owns what', async () => {
    const core = config('letmein').makeApiClient(CoreV1Api)
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data: { a: '1' } }
    const headers = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)
    const applied = await core.patchNamespacedConfigMap({ name: 'conf', namespace: 'default', body, fieldManager: 'me' }, headers)
    expect(applied.metadata?.managedFields).toMatchObject([{ manager: 'me', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } }])
    const other = core.patchNamespacedConfigMap({ name: 'conf', namespace: 'default', body: { ...body, data: { a: '2' } }, fieldManager: 'you' }, headers)
    await expect(other).rejects.toMatchObject({ code: 409 })
  })

  it('refuses a wrong token and forbids who has none', async () => {
    await expect(config('wrong').makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({ code: 401 })
    await expect(config(undefined).makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({ code: 403 })
  })

  it('answers odd HTTP with proper errors', async () => {
    const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(serving.url + path, { ...init, headers: { authorization: 'Bearer letmein', ...(init.headers as Record<string, string>) } })
    expect((await ask('/nowhere')).status).toBe(404)
    expect((await ask('/api/v1/namespaces/default/pods', { method: 'POST', body: '{"kind":', headers: { 'content-type': 'application/json' } })).status).toBe(400)
    expect((await ask('/api/v1/nodes', { headers: { accept: 'text/html' } })).status).toBe(406)
    expect((await ask('/api/v1/namespaces/default/configmaps', { method: 'POST', body: 'x'.repeat(3_200_000), headers: { 'content-type': 'application/json' } })).status).toBe(413)
    const index = (await (await ask('/openapi/v3')).json()) as { paths: Record<string, unknown> }
    expect(Object.keys(index.paths)).toContain('apis/apps/v1')
  })

  it('takes bodies in protobuf, as kubectl sends them', async () => {
    const secret = Buffer.from('azhzAAoMCgJ2MRIGU2VjcmV0Eh4KEgoCczISABoAIgAqADIAOABCABIGCgFhEgFiGgAaACIA', 'base64')
    const send = (body: Buffer): Promise<Response> =>
      fetch(`${serving.url}/api/v1/namespaces/default/secrets`, { method: 'POST', body: new Uint8Array(body), headers: { authorization: 'Bearer letmein', 'content-type': 'application/vnd.kubernetes.protobuf' } })
    const made = await send(secret)
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({ kind: 'Secret', metadata: { name: 's2', namespace: 'default' }, data: { a: 'Yg==' }, type: 'Opaque' })
    const refused = await send(Buffer.from('k8s'))
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ kind: 'Status', reason: 'BadRequest', message: expect.stringContaining('does not appear to be a protobuf message') as string })
  })

  it('tells of all groups at once under the media type that kubectl looks for', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
    const answer = await fetch(`${serving.url}/apis`, { headers: { authorization: 'Bearer letmein', accept } })
    expect(answer.headers.get('content-type')).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    expect(await answer.json()).toMatchObject({ kind: 'APIGroupDiscoveryList' })
  })
})

describe('the API over HTTP, as kubectl asks it', () => {
  const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
  const ask = (path: string, accept = 'application/json'): Promise<Response> => fetch(serving.url + path, { headers: { authorization: 'Bearer letmein', accept } })

  it('watches in tables, whose first event alone tells the columns', async () => {
    const events = (await (await ask('/api/v1/nodes?watch=true&timeoutSeconds=1', TABLE)).text()).trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: { kind: string; columnDefinitions: readonly { name: string }[] | null; rows: readonly { cells: readonly unknown[] }[] } })
    expect(events.length).toBeGreaterThanOrEqual(3)
    expect(events.map(({ object }) => object.kind)).toEqual(events.map(() => 'Table'))
    expect(events[0]!.object.columnDefinitions?.map((c) => c.name)).toContain('Roles')
    expect(events[1]!.object.columnDefinitions).toBeNull()
    expect(events.map(({ object }) => object.rows[0]!.cells[0])).toContain('node-1')
  })

  it('describes fields and quantities in its documents', async () => {
    const document = (await (await ask('/openapi/v3/api/v1')).json()) as { components: { schemas: Record<string, { properties: Record<string, { description?: string; additionalProperties?: { $ref?: string } }> }> } }
    const { limits } = document.components.schemas['io.k8s.api.core.v1.ResourceRequirements']!.properties
    expect(limits!.description).toContain('maximum amount of compute resources')
    expect(limits!.additionalProperties!.$ref).toBe('#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity')
    expect(document.components.schemas).toHaveProperty(['io.k8s.apimachinery.pkg.api.resource.Quantity'])
  })
})

it('a served cluster is ready at its start: now, or the instant asked for, and then it begins the same', () => {
  const options = { port: 0, host: '127.0.0.1', speed: 1, token: 'x', seed: 1, nodes: 1, kubelet: 'kwok' } as const
  const present = new ServedCluster(options).cluster.timeline.clock
  expect(Math.abs(present - parseTime(new Date().toISOString())!)).toBeLessThan(seconds(60))
  const start = parseTime('2026-05-01T08:00:00Z')!
  const [one, two] = [new ServedCluster({ ...options, start }).cluster, new ServedCluster({ ...options, start }).cluster]
  expect(one.timeline.clock).toBe(start)
  expect(one.engine.hash()).toBe(two.engine.hash())
  expect(one.list('nodes')[0]!.metadata.creationTimestamp).toMatch(/^2026-05-01T07:5/)
  expect(one.timeline.commands()).toEqual([])
}, 60_000)

it('a kubeconfig leads to a server over HTTPS, whose certificate it believes', async () => {
  const certificate = await certificateFor('127.0.0.1')
  const secure = await serve({ port: 0, host: '127.0.0.1', speed: 1, token: 'letmein', certificate, seed: 1, nodes: 1, kubelet: 'kwok' })
  const kube = new KubeConfig()
  kube.loadFromString(kubeconfigFor(secure.url, 'letmein', certificate))
  expect((await kube.makeApiClient(CoreV1Api).listNode()).items.map((n) => n.metadata?.name)).toContain('node-1')
  await secure.close()
}, 30_000)
