import type { Container, EnvVar, Lifecycle, LifecycleHandler, Probe, ResourceRequirements } from './container.ts'
import { defaultPullPolicy } from './image-name.ts'
import type { PodSpec, PodTemplateSpec } from './pod-spec.ts'
import { canonicalQuantity, fromMilli, milliValue, parseQuantity, type ResourceList } from './quantity.ts'
import { assignSame, extended, mapSame } from './share.ts'
import { defaultVolume } from './volume-defaults.ts'

const EMPTY = Object.freeze({})

/** Quantities finer than a thousandth are rounded up (core/v1 defaults: SetDefaults_ResourceList). */
export function defaultResourceList(list: ResourceList | undefined): ResourceList | undefined {
  if (!list) return list
  let out: Record<string, string> | undefined
  for (const name in list) {
    const text = list[name]!
    const parsed = parseQuantity(text)
    if (typeof parsed === 'string') continue
    const next = parsed.scale < -3 && parsed.unscaled % 10n ** BigInt(-3 - parsed.scale) !== 0n ? fromMilli(milliValue(text)) : canonicalQuantity(text)
    if (next !== text) (out ??= { ...list })[name] = next
  }
  return out ?? list
}

function defaultResources(r: ResourceRequirements | undefined): ResourceRequirements {
  if (!r) return EMPTY
  return assignSame(r, { requests: defaultResourceList(r.requests), limits: defaultResourceList(r.limits) })
}

function defaultHandler<T extends LifecycleHandler>(h: T): T {
  return h.httpGet ? assignSame<LifecycleHandler>(h, { httpGet: assignSame(h.httpGet, { path: h.httpGet.path || '/', scheme: h.httpGet.scheme || 'HTTP' }) }) as T : h
}

function defaultProbe(p: Probe | undefined): Probe | undefined {
  if (!p) return p
  const filled = assignSame(p, {
    timeoutSeconds: p.timeoutSeconds || 1,
    periodSeconds: p.periodSeconds || 10,
    successThreshold: p.successThreshold || 1,
    failureThreshold: p.failureThreshold || 3,
  })
  const grpc = filled.grpc
  return defaultHandler(grpc && grpc.service === undefined ? { ...filled, grpc: { ...grpc, service: '' } } : filled)
}

function defaultLifecycle(l: Lifecycle | undefined): Lifecycle | undefined {
  if (!l) return l
  // Stop signals are behind a gate that is off by default: dropped, as DropDisabledPodFields does.
  return assignSame(l, { stopSignal: undefined, postStart: l.postStart && defaultHandler(l.postStart), preStop: l.preStop && defaultHandler(l.preStop) })
}

/** `fieldRef` without apiVersion means v1; `resourceFieldRef` without divisor means "0"; a file key is not optional. */
export function defaultEnvVar(e: EnvVar): EnvVar {
  const from = e.valueFrom
  if (!from) return e
  let next = from
  if (from.fieldRef && !from.fieldRef.apiVersion) next = { ...next, fieldRef: { ...from.fieldRef, apiVersion: 'v1' } }
  if (from.resourceFieldRef && from.resourceFieldRef.divisor === undefined) next = { ...next, resourceFieldRef: { ...from.resourceFieldRef, divisor: '0' } }
  if (from.fileKeyRef && from.fileKeyRef.optional === undefined) next = { ...next, fileKeyRef: { ...from.fileKeyRef, optional: false } }
  return next === from ? e : { ...e, valueFrom: next }
}

/** A container with every default of core/v1; the same reference where it is complete already. */
export function defaultContainer<T extends Container>(c: T): T {
  return assignSame<Container>(c, {
    imagePullPolicy: c.imagePullPolicy || defaultPullPolicy(c.image ?? ''),
    terminationMessagePath: c.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: c.terminationMessagePolicy || 'File',
    resources: defaultResources(c.resources),
    ports: mapSame(c.ports, (p) => (p.protocol ? p : extended(p, { protocol: 'TCP' }))),
    env: mapSame(c.env, defaultEnvVar),
    livenessProbe: defaultProbe(c.livenessProbe),
    readinessProbe: defaultProbe(c.readinessProbe),
    startupProbe: defaultProbe(c.startupProbe),
    lifecycle: defaultLifecycle(c.lifecycle),
  }) as T
}

/**
 * core/v1 SetDefaults_PodSpec and all below it. Shared parts and complete specs come back as they are. Nothing is
 * remembered for pods: a weak entry for each of many short-lived specs costs more than the comparison. `enableServiceLinks` where
 * it is not set: templates leave it open.
 */
export function defaultPodSpec(spec: PodSpec, enableServiceLinks?: boolean): PodSpec {
  const account = spec.serviceAccountName || spec.serviceAccount || undefined
  return assignSame(spec, {
    dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
    restartPolicy: spec.restartPolicy || 'Always',
    securityContext: spec.securityContext ?? EMPTY,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    schedulerName: spec.schedulerName || 'default-scheduler',
    containers: mapSame(spec.containers ?? [], defaultContainer),
    initContainers: mapSame(spec.initContainers, defaultContainer),
    ephemeralContainers: mapSame(spec.ephemeralContainers, defaultContainer),
    volumes: mapSame(spec.volumes, defaultVolume),
    resources: spec.resources && defaultResources(spec.resources),
    overhead: defaultResourceList(spec.overhead),
    serviceAccountName: account,
    // Behind a gate that is off by default: dropped, as DropDisabledPodFields does.
    schedulingGroup: undefined,
    serviceAccount: account,
    enableServiceLinks: spec.enableServiceLinks ?? enableServiceLinks,
  })
}

const complete = new WeakSet<PodTemplateSpec>()

/** A template with the defaults of its pods; templates that were completed before are known by identity. */
export function defaultTemplate(template: PodTemplateSpec): PodTemplateSpec {
  if (complete.has(template)) return template
  const next = fillTemplate(template)
  complete.add(next)
  return next
}

function fillTemplate(template: PodTemplateSpec): PodTemplateSpec {
  const spec = defaultPodSpec(template.spec ?? { containers: [] })
  return assignSame(template, { metadata: template.metadata ?? EMPTY, spec })
}
