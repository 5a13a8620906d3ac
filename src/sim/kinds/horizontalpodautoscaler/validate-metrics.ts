import { at, child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { isDns1123Label, isPathSegmentName } from '../../api/names.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { containerResourceName } from '../../api/validate/resources.ts'
import { named } from '../../api/validate/simple.ts'
import type { CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricTarget } from './horizontalpodautoscaler.ts'

export interface ReferenceOptions {
  readonly emptyGroup?: boolean
  readonly anyVersion?: boolean
}

/** validation.ValidateAPIVersion: the complaint, if there is one. */
export function versionComplaint(ref: CrossVersionObjectReference, options: ReferenceOptions): string | undefined {
  const version = ref.apiVersion ?? ''
  if (options.anyVersion) return undefined
  const slashes = version.split('/').length - 1
  if (version !== '/' && slashes > 1) return `unexpected GroupVersion string: ${version}`
  const group = version === '/' || slashes === 0 ? '' : version.slice(0, version.indexOf('/'))
  return group === '' && !options.emptyGroup ? 'apiVersion must specify API group' : undefined
}

function segment(text: string | undefined, path: Path, out: FieldError[], words = ''): void {
  if (!text) out.push(required(path, words))
  else named(isPathSegmentName, text, path, out)
}

export function reference(ref: CrossVersionObjectReference, path: Path, options: ReferenceOptions, out: FieldError[]): void {
  segment(ref.kind, child(path, 'kind'), out)
  segment(ref.name, child(path, 'name'), out)
  const bad = versionComplaint(ref, options)
  if (bad) out.push(invalidValue(child(path, 'apiVersion'), ref.apiVersion ?? '', bad))
}

function target(t: MetricTarget, path: Path, out: FieldError[]): void {
  if (!t.type) out.push(required(child(path, 'type'), 'must specify a metric target type'))
  if (!['Utilization', 'Value', 'AverageValue'].includes(t.type)) out.push(invalidValue(child(path, 'type'), t.type ?? '', 'must be either Utilization, Value, or AverageValue'))
  for (const key of ['value', 'averageValue'] as const) {
    if (t[key] !== undefined && compareQuantities(t[key], '0') <= 0) out.push(invalidValue(child(path, key), t[key], 'must be positive'))
  }
  if (t.averageUtilization !== undefined && t.averageUtilization < 1) out.push(invalidValue(child(path, 'averageUtilization'), t.averageUtilization, 'must be greater than 0'))
}

const identifier = (m: MetricIdentifier | undefined, path: Path, out: FieldError[]): void => segment(m?.name, child(path, 'name'), out, 'must specify a metric name')

const NO_TARGET = {} as MetricTarget

function raw(t: MetricTarget, path: Path, out: FieldError[]): void {
  target(t, path, out)
  if (t.averageUtilization === undefined && t.averageValue === undefined) out.push(required(child(path, 'averageUtilization'), 'must set either a target raw value or a target utilization'))
  if (t.averageUtilization !== undefined && t.averageValue !== undefined) out.push(forbiddenField(child(path, 'averageValue'), 'may not set both a target raw value and a target utilization'))
}

type SourceName = 'object' | 'external' | 'pods' | 'resource' | 'containerResource'

const SOURCES: Readonly<Record<SourceName, (m: MetricSpec, path: Path, options: ReferenceOptions, out: FieldError[]) => void>> = {
  object(m, path, options, out) {
    const { describedObject, metric, target: t = NO_TARGET } = m.object!
    reference(describedObject ?? { kind: '', name: '' }, child(path, 'describedObject'), options, out)
    identifier(metric, child(path, 'metric'), out)
    target(t, child(path, 'target'), out)
    if (t.value === undefined && t.averageValue === undefined) out.push(required(child(path, 'target.averageValue'), 'must set either a target value or averageValue'))
  },
  external(m, path, _options, out) {
    const { metric, target: t = NO_TARGET } = m.external!
    identifier(metric, child(path, 'metric'), out)
    target(t, child(path, 'target'), out)
    if (t.value === undefined && t.averageValue === undefined) out.push(required(child(path, 'target.averageValue'), 'must set either a target value for metric or a per-pod target'))
    if (t.value !== undefined && t.averageValue !== undefined) out.push(forbiddenField(child(path, 'target.value'), 'may not set both a target value for metric and a per-pod target'))
  },
  pods(m, path, _options, out) {
    const { metric, target: t = NO_TARGET } = m.pods!
    identifier(metric, child(path, 'metric'), out)
    target(t, child(path, 'target'), out)
    if (t.averageValue === undefined) out.push(required(child(path, 'target.averageValue'), 'must specify a positive target averageValue'))
  },
  resource(m, path, _options, out) {
    const { name, target: t = NO_TARGET } = m.resource!
    if (!name) out.push(required(child(path, 'name'), 'must specify a resource name'))
    raw(t, child(path, 'target'), out)
  },
  containerResource(m, path, _options, out) {
    const { name, container, target: t = NO_TARGET } = m.containerResource!
    if (!name) out.push(required(child(path, 'name'), 'must specify a resource name'))
    else containerResourceName(name, child(path, 'name'), out)
    if (!container) out.push(required(child(path, 'container'), 'must specify a container'))
    else named(isDns1123Label, container, child(path, 'container'), out)
    raw(t, child(path, 'target'), out)
  },
}

const FIELD_OF: Readonly<Record<string, SourceName>> = { Object: 'object', Pods: 'pods', Resource: 'resource', External: 'external', ContainerResource: 'containerResource' }
const TYPES = Object.keys(FIELD_OF).sort()

/** autoscaling/validation: validateMetricSpec. The type is complained about twice, as in Kubernetes. */
function metricSpec(m: MetricSpec, path: Path, options: ReferenceOptions, out: FieldError[]): void {
  const type = (m.type ?? '') as string
  const unknown = (): void => void out.push(notSupported(child(path, 'type'), type, TYPES))
  if (type === '') out.push(required(child(path, 'type'), 'must specify a metric source type'))
  const expected = Object.hasOwn(FIELD_OF, type) ? FIELD_OF[type] : undefined
  if (!expected) unknown()
  const present = (Object.keys(SOURCES) as SourceName[]).filter((key) => m[key] !== undefined)
  if (present.length > 0) SOURCES[present[0]!](m, child(path, present[0]!), options, out)
  if (!expected) unknown()
  else if (m[expected] === undefined) out.push(required(child(path, expected), 'must populate information for the given metric source'))
  if (present.length === 1) return
  for (const key of present) if (key !== expected) out.push(forbiddenField(child(path, key), 'must populate the given metric source only'))
}

export function metrics(list: readonly MetricSpec[] | undefined, minReplicas: number | undefined, path: Path, options: ReferenceOptions, out: FieldError[]): void {
  list?.forEach((m, i) => metricSpec(m, at(path, i), options, out))
  const external = list?.some((m) => m.type === 'Object' || m.type === 'External') ?? false
  if (minReplicas === 0 && !external) out.push(forbiddenField(path, 'must specify at least one Object or External metric to support scaling to zero replicas'))
}
