import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { getIn, deepEqual } from '../api/deep.ts'
import { gvkOf, type JsonValue, type KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { jsonPatch } from '../api/patch/json-patch.ts'
import { validateStructure } from '../api/schema/structure.ts'
import { invalid, isStatus, type Status } from '../api/status.ts'
import { recordings } from '../testing/recordings.ts'
import { resourceKind, scheme } from './index.ts'
import { withFamilies } from './service/families.ts'
import { needsClusterIp, needsHealthPort } from './service/needs.ts'
import { normalised } from './service/normalise.ts'
import type { Service } from './service/service.ts'

const folder = recordings()
const AREA = `${folder}/requests/mutation`

interface Recorded {
  readonly case: string
  readonly unordered?: boolean
  readonly request: { readonly query?: string; readonly bodyFrom?: { readonly base: string; readonly patch: JsonValue } }
  readonly response: { readonly code: number; readonly at?: string; readonly value?: JsonValue; readonly body?: Status }
}

/** What the service account admission would do for the checks that look at the account. */
const withAccount = (pod: Pod): Pod => (pod.spec.serviceAccountName ? pod : { ...pod, spec: { ...pod.spec, serviceAccountName: 'default', serviceAccount: 'default' } })

/** What the allocators of the API server would do, but for node ports. */
function withAddress(service: Service): Service | Status {
  const found = withFamilies({ ...service, spec: normalised(service.spec, undefined) }, undefined, ['IPv4'])
  if ('errors' in found) return invalid({ group: '', kind: 'Service' }, service.metadata.name, found.errors)
  const { spec } = found
  const health = needsHealthPort(spec) ? { healthCheckNodePort: spec.healthCheckNodePort || 32_000 } : {}
  const address = needsClusterIp(spec) && !spec.clusterIP ? { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] } : {}
  return { ...service, spec: { ...spec, ...health, ...address } }
}

const UID = '11111111-1111-4111-8111-111111111111'

/** Decodes, defaults, prepares and validates as the API server does, without admission. */
function create(body: KubeObject): KubeObject | Status {
  const kind = scheme.kindFor(gvkOf(body))!
  const decoded = validateStructure(body)
  if (isStatus(decoded)) return decoded
  const { metadata } = decoded.object
  const named = { ...metadata, uid: UID, name: metadata.name || (metadata.generateName ? `${metadata.generateName}abcde` : ''), ...(kind.namespaced ? { namespace: 't' } : {}) }
  const defaulted = kind.defaults({ ...decoded.object, metadata: named })
  const given = kind.kind === 'Pod' ? withAccount(defaulted as Pod) : kind.kind === 'Service' ? withAddress(defaulted as Service) : defaulted
  if (isStatus(given)) return given
  const prepared = kind.prepareCreate(given)
  const errors = kind.validateCreate(prepared)
  return errors.length ? invalid({ group: kind.errorGroup, kind: kind.kind }, named.name, errors) : prepared
}

function equal(c: Recorded, got: KubeObject | Status): boolean {
  const { response } = c
  if (response.code >= 400) return isStatus(got) && got.message?.replaceAll(UID, '<uid>') === response.body?.message
  if (isStatus(got)) return false
  if (response.at === undefined) return true
  const path = response.at.split('/').slice(1).map((s) => s.replace(/~1/g, '/').replace(/~0/g, '~'))
  return deepEqual(getIn(JSON.parse(JSON.stringify(got).replaceAll(UID, '<uid>')), path.map((s) => (/^\d+$/.test(s) ? Number(s) : s))) ?? null, response.value)
}

/** The share of a kind's recorded mutations that come out equal; those with a whole object or random order are left out. */
function share(kind: string): number {
  const bases = JSON.parse(readFileSync(`${AREA}/bases.json`, 'utf8')) as Record<string, KubeObject>
  let total = 0
  let good = 0
  for (const line of readFileSync(`${AREA}/${kind}.jsonl`, 'utf8').split('\n')) {
    if (!line) continue
    const c = JSON.parse(line) as Recorded
    const from = c.request.bodyFrom
    if (!from || c.unordered || /unknown-field-(warn|ignore)/.test(c.case)) continue
    total++
    if (equal(c, create(jsonPatch(bases[from.base] as unknown as JsonValue, from.patch) as unknown as KubeObject))) good++
  }
  return good / total
}

describe('kinds against recorded requests (skipped where the recordings are absent)', () => {
  it.skipIf(!folder || !existsSync(AREA)).each([
    ['configmap', 0.98], ['endpoints', 0.98], ['serviceaccount', 0.98], ['controllerrevision', 0.96], ['secret', 0.98], ['lease', 0.97], ['namespace', 0.94], ['event', 0.98],
    ['deployment', 0.98], ['replicaset', 0.98], ['daemonset', 0.98], ['statefulset', 0.98], ['job', 0.97], ['cronjob', 0.98], ['podtemplate', 0.96], ['replicationcontroller', 0.98],
    ['horizontalpodautoscaler', 0.98], ['poddisruptionbudget', 0.98], ['runtimeclass', 0.98], ['priorityclass', 0.97], ['node', 0.95], ['endpointslice', 0.98], ['service', 0.98], ['pod', 0.95],
    ['persistentvolume', 0.98], ['persistentvolumeclaim', 0.97], ['storageclass', 0.98], ['csidriver', 0.98], ['csinode', 0.98], ['csistoragecapacity', 0.98], ['volumeattachment', 0.98],
    ['ingress', 0.98], ['ingressclass', 0.98], ['networkpolicy', 0.98], ['ipaddress', 0.98], ['servicecidr', 0.98], ['flowschema', 0.98], ['prioritylevelconfiguration', 0.98],
    ['customresourcedefinition', 0.98], ['resourceclaim', 0.98], ['resourceclaimtemplate', 0.98], ['resourceslice', 0.98], ['deviceclass', 0.98], ['apiservice', 0.98],
  ])('%s: at least %d of the mutations are answered as recorded', (kind, wanted) => {
    expect(share(kind)).toBeGreaterThanOrEqual(wanted)
  })
})

describe('the scheme', () => {
  it('finds kinds by what people call them', () => {
    for (const word of ['deploy', 'deployments', 'Deployment', 'deployment.apps', 'deployments.v1.apps']) expect(scheme.resourceFor(word)?.plural, word).toBe('deployments')
    expect(scheme.resourceFor('ev')?.group).toBe('')
    expect(scheme.resourceFor('nonsense')).toBeUndefined()
    expect(scheme.category('all').map((k) => k.plural)).toContain('services')
    expect(resourceKind('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas')?.modelled).toBe(false)
  })

  it('gives complete objects back as they are', () => {
    const kind = resourceKind('apps', 'v1', 'deployments')!
    const given: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { selector: {}, template: { spec: { containers: [{ name: 'c', image: 'nginx' }] } } } }
    const once = kind.defaults(given)
    expect(kind.defaults(once)).toBe(once)
  })
})

describe('generations', () => {
  const kind = resourceKind('apps', 'v1', 'deployments')!
  const made = kind.prepareCreate(kind.defaults({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', namespace: 'd' },
    spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
  }))

  it('start at one, grow with the wish and not with the status', () => {
    expect(made.metadata.generation).toBe(1)
    const scaled = kind.prepareUpdate({ ...made, spec: { ...(made.spec as object), replicas: 3 } }, made)
    expect(scaled.metadata.generation).toBe(2)
    expect(kind.prepareUpdate({ ...made, status: { replicas: 9 } }, made)).toMatchObject({ metadata: { generation: 1 }, status: {} })
    expect(kind.prepareStatusUpdate({ ...made, spec: {}, status: { replicas: 9 } }, made)).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 9 }, metadata: { generation: 1 } })
  })
})
