import { isMap, isScalar, isSeq, type Document } from 'yaml'
import { fix, type Finding, type Fix } from './fix.ts'
import { podPresetAsPolicy } from './pod-preset.ts'
import { put, rewrite } from './yaml-edit.ts'
import type { Sentence } from '../protocol.ts'

type Doc = Document.Parsed
type Convert = (document: Doc) => void

interface Former {
  readonly to: string
  /** The release that no longer serves the old version. */
  readonly gone: string
  readonly convert?: Convert
}

const APPS: Former = { to: 'apps/v1', gone: '1.16', convert: withSelector }
const plain = (to: string, gone: string): Former => ({ to, gone })

/** API versions that manifests still carry, and the present one (deprecation guide of Kubernetes). */
const FORMER: Readonly<Record<string, Readonly<Record<string, Former>>>> = {
  'extensions/v1beta1': {
    Deployment: APPS, DaemonSet: APPS, ReplicaSet: APPS,
    Ingress: { to: 'networking.k8s.io/v1', gone: '1.22', convert: ingress },
    NetworkPolicy: plain('networking.k8s.io/v1', '1.16'),
  },
  'apps/v1beta1': { Deployment: APPS, StatefulSet: APPS, ControllerRevision: plain('apps/v1', '1.16') },
  'apps/v1beta2': { Deployment: APPS, StatefulSet: APPS, DaemonSet: APPS, ReplicaSet: APPS, ControllerRevision: plain('apps/v1', '1.16') },
  'batch/v1beta1': { CronJob: plain('batch/v1', '1.25') },
  'batch/v2alpha1': { CronJob: plain('batch/v1', '1.21') },
  'networking.k8s.io/v1beta1': { Ingress: { to: 'networking.k8s.io/v1', gone: '1.22', convert: ingress }, IngressClass: plain('networking.k8s.io/v1', '1.22') },
  'policy/v1beta1': { PodDisruptionBudget: plain('policy/v1', '1.25') },
  'rbac.authorization.k8s.io/v1beta1': everyKind('Role RoleBinding ClusterRole ClusterRoleBinding', plain('rbac.authorization.k8s.io/v1', '1.22')),
  'rbac.authorization.k8s.io/v1alpha1': everyKind('Role RoleBinding ClusterRole ClusterRoleBinding', plain('rbac.authorization.k8s.io/v1', '1.22')),
  'autoscaling/v2beta1': { HorizontalPodAutoscaler: { to: 'autoscaling/v2', gone: '1.25', convert: metricTargets } },
  'autoscaling/v2beta2': { HorizontalPodAutoscaler: plain('autoscaling/v2', '1.26') },
  'apiextensions.k8s.io/v1beta1': { CustomResourceDefinition: { to: 'apiextensions.k8s.io/v1', gone: '1.22', convert: customResource } },
  'admissionregistration.k8s.io/v1beta1': everyKind('ValidatingWebhookConfiguration MutatingWebhookConfiguration', { to: 'admissionregistration.k8s.io/v1', gone: '1.22', convert: webhooks }),
  'scheduling.k8s.io/v1beta1': { PriorityClass: plain('scheduling.k8s.io/v1', '1.22') },
  'scheduling.k8s.io/v1alpha1': { PriorityClass: plain('scheduling.k8s.io/v1', '1.17') },
  'storage.k8s.io/v1beta1': everyKind('StorageClass CSIDriver CSINode VolumeAttachment CSIStorageCapacity', plain('storage.k8s.io/v1', '1.22')),
  'coordination.k8s.io/v1beta1': { Lease: plain('coordination.k8s.io/v1', '1.22') },
  'discovery.k8s.io/v1beta1': { EndpointSlice: plain('discovery.k8s.io/v1', '1.25') },
  'events.k8s.io/v1beta1': { Event: plain('events.k8s.io/v1', '1.25') },
  'node.k8s.io/v1beta1': { RuntimeClass: plain('node.k8s.io/v1', '1.25') },
  'certificates.k8s.io/v1beta1': { CertificateSigningRequest: plain('certificates.k8s.io/v1', '1.22') },
  'snapshot.storage.k8s.io/v1alpha1': everyKind('VolumeSnapshot VolumeSnapshotClass', { to: 'snapshot.storage.k8s.io/v1', gone: '1.17', convert: snapshot }),
  'snapshot.storage.k8s.io/v1beta1': everyKind('VolumeSnapshot VolumeSnapshotClass VolumeSnapshotContent', plain('snapshot.storage.k8s.io/v1', '1.24')),
}

/** Kinds that are no more, each with a sentence of its own (`gone.<kind>`). */
const GONE: readonly string[] = ['PodSecurityPolicy', 'PodPreset', 'ThirdPartyResource']

function everyKind(kinds: string, former: Former): Readonly<Record<string, Former>> {
  return Object.fromEntries(kinds.split(' ').map((kind) => [kind, former]))
}

const formerOf = ({ apiVersion, kind }: Finding['object']): Former | undefined => FORMER[apiVersion]?.[kind]

/** What became of a version or kind that v1.36 does not serve; undefined for one that never was. */
export function explainVersion({ object, message }: Finding): Sentence | undefined {
  if (!message.startsWith('no matches for kind')) return undefined
  const former = formerOf(object)
  if (former) return { id: 'former', params: { kind: object.kind, from: object.apiVersion, to: former.to, gone: former.gone } }
  return GONE.includes(object.kind) ? { id: `gone.${object.kind}`, params: {} } : undefined
}

/** The same wish in the present version. */
export function fixVersion(finding: Finding): Fix | undefined {
  const { text, line, object, message } = finding
  if (!message.startsWith('no matches for kind')) return undefined
  if (object.kind === 'PodPreset') return podPresetAsPolicy(finding)
  const former = formerOf(object)
  if (!former) return undefined
  const mended = rewrite(text, line, (document) => {
    document.set('apiVersion', former.to)
    former.convert?.(document)
  })
  return mended === undefined ? undefined : fix('apiVersion', { from: object.apiVersion, to: former.to }, mended)
}

/** Workloads used to take their selector from the template. */
export function withSelector(document: Doc): void {
  const labels = document.getIn(['spec', 'template', 'metadata', 'labels'], true)
  if (!document.hasIn(['spec', 'selector']) && isMap(labels)) put(document, ['spec', 'selector'], { matchLabels: labels.toJSON() as unknown })
  document.deleteIn(['spec', 'rollbackTo'])
  document.deleteIn(['spec', 'templateGeneration'])
}

/** serviceName and servicePort became service.name and service.port; pathType must be said. */
function ingress(document: Doc): void {
  const backend = (path: readonly (string | number)[]): void => {
    const name = document.getIn([...path, 'serviceName'])
    const port = document.getIn([...path, 'servicePort'])
    if (name === undefined) return
    put(document, path, { service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } })
  }
  const single = document.getIn(['spec', 'backend'], true)
  if (single !== undefined) {
    backend(['spec', 'backend'])
    put(document, ['spec', 'defaultBackend'], document.getIn(['spec', 'backend'], true))
    document.deleteIn(['spec', 'backend'])
  }
  const rules = document.getIn(['spec', 'rules'], true)
  if (!isSeq(rules)) return
  rules.items.forEach((_, r) => {
    const paths = document.getIn(['spec', 'rules', r, 'http', 'paths'], true)
    if (!isSeq(paths)) return
    paths.items.forEach((__, p) => {
      const at = ['spec', 'rules', r, 'http', 'paths', p]
      backend([...at, 'backend'])
      if (!document.hasIn([...at, 'path'])) put(document, [...at, 'path'], '/')
      if (!document.hasIn([...at, 'pathType'])) put(document, [...at, 'pathType'], 'ImplementationSpecific')
    })
  })
}

function metricTargets(document: Doc): void {
  const metrics = document.getIn(['spec', 'metrics'], true)
  if (!isSeq(metrics)) return
  metrics.items.forEach((_, i) => {
    const at = ['spec', 'metrics', i, 'resource']
    const [utilisation, average] = [document.getIn([...at, 'targetAverageUtilization']), document.getIn([...at, 'targetAverageValue'])]
    if (utilisation !== undefined) put(document, [...at, 'target'], { type: 'Utilization', averageUtilization: utilisation })
    else if (average !== undefined) put(document, [...at, 'target'], { type: 'AverageValue', averageValue: average })
    document.deleteIn([...at, 'targetAverageUtilization'])
    document.deleteIn([...at, 'targetAverageValue'])
  })
}

/** One schema for all versions became one for each. */
function customResource(document: Doc): void {
  const spec = (document.toJSON() as { spec?: Record<string, unknown> }).spec ?? {}
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const schema = (spec['validation'] as { openAPIV3Schema?: unknown } | undefined)?.openAPIV3Schema ?? open
  const versions = (spec['versions'] as Record<string, unknown>[] | undefined) ?? [{ name: spec['version'] ?? 'v1', served: true, storage: true }]
  const shared = { ...(spec['subresources'] !== undefined && { subresources: spec['subresources'] }), ...(spec['additionalPrinterColumns'] !== undefined && { additionalPrinterColumns: spec['additionalPrinterColumns'] }) }
  put(document, ['spec', 'versions'], versions.map((version) => ({ ...version, ...shared, schema: version['schema'] ?? { openAPIV3Schema: schema } })))
  for (const key of ['version', 'validation', 'subresources', 'additionalPrinterColumns', 'preserveUnknownFields']) document.deleteIn(['spec', key])
  if (!document.hasIn(['spec', 'scope'])) put(document, ['spec', 'scope'], 'Namespaced')
}

function webhooks(document: Doc): void {
  const list = document.get('webhooks', true)
  if (!isSeq(list)) return
  list.items.forEach((_, i) => {
    const at = ['webhooks', i]
    if (!document.hasIn([...at, 'sideEffects'])) put(document, [...at, 'sideEffects'], 'None')
    if (!document.hasIn([...at, 'admissionReviewVersions'])) put(document, [...at, 'admissionReviewVersions'], ['v1'])
  })
}

function snapshot(document: Doc): void {
  const name = document.getIn(['spec', 'source', 'name'])
  if (name !== undefined) put(document, ['spec', 'source'], { persistentVolumeClaimName: name })
  const cls = document.getIn(['spec', 'snapshotClassName'], true)
  if (isScalar(cls)) {
    put(document, ['spec', 'volumeSnapshotClassName'], cls.value)
    document.deleteIn(['spec', 'snapshotClassName'])
  }
  const driver = document.get('snapshotter')
  if (driver === undefined) return
  document.set('driver', driver)
  document.delete('snapshotter')
  if (!document.has('deletionPolicy')) document.set('deletionPolicy', 'Delete')
}
