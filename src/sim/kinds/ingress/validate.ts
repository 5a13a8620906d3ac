import { at, child, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName, isPortName, isPortNumber, isWildcardSubdomain } from '../../api/names.ts'
import { ingressStatus } from '../../api/validate/ingress-status.ts'
import { parseIp } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'
import type { TypedLocalObjectReference } from '../../api/volume.ts'
import type { Ingress, IngressBackend, IngressPath, IngressRule, IngressSpec } from './ingress.ts'

const CLASS = 'kubernetes.io/ingress.class'
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const BAD_PARTS = ['//', '/./', '/../', '%2f', '%2F']
const BAD_ENDS = ['/..', '/.']

function reference(r: TypedLocalObjectReference, path: Path, out: FieldError[]): void {
  if (r.apiGroup !== undefined && r.apiGroup !== null) named(isDns1123Subdomain, r.apiGroup, child(path, 'apiGroup'), out)
  if (!r.kind) out.push(required(child(path, 'kind')))
  else named(isPathSegmentName, r.kind, child(path, 'kind'), out)
  if (!r.name) out.push(required(child(path, 'name')))
  else named(isPathSegmentName, r.name, child(path, 'name'), out)
}

function backend(b: IngressBackend, path: Path, out: FieldError[]): void {
  const { resource, service } = b
  if (resource && service) return void out.push(invalidValue(path, '', 'cannot set both resource and service backends'))
  if (resource) return reference(resource, child(path, 'resource'), out)
  if (!service) return void out.push(invalidValue(path, '', 'resource or service backend is required'))
  if (!service.name) out.push(required(child(path, 'service.name')))
  else named(isDns1123Label, service.name, child(path, 'service.name'), out)
  const { name, number } = service.port ?? {}
  if (name && number) out.push(invalidValue(path, '', 'cannot set both port name & port number'))
  else if (name) named(isPortName, name, child(path, 'service.port.name'), out)
  else if (number) for (const m of isPortNumber(number)) out.push(invalidValue(child(path, 'service.port.number'), number, m))
  else out.push(required(path, 'port name or number is required'))
}

function httpPath(p: IngressPath, path: Path, out: FieldError[]): void {
  const text = p.path ?? ''
  const here = child(path, 'path')
  if (p.pathType === undefined) return void out.push(required(child(path, 'pathType'), 'pathType must be specified'))
  if (p.pathType === 'Exact' || p.pathType === 'Prefix') {
    if (!text.startsWith('/')) out.push(invalidValue(here, text, 'must be an absolute path'))
    for (const part of BAD_PARTS) if (text.includes(part)) out.push(invalidValue(here, text, `must not contain '${part}'`))
    for (const end of BAD_ENDS) if (text.endsWith(end)) out.push(invalidValue(here, text, `cannot end with '${end}'`))
  } else if (p.pathType === 'ImplementationSpecific') {
    if (text && !text.startsWith('/')) out.push(invalidValue(here, text, 'must be an absolute path'))
  } else out.push(notSupported(child(path, 'pathType'), p.pathType, PATH_TYPES))
  backend(p.backend ?? {}, child(path, 'backend'), out)
}

function ruleValue(r: IngressRule, path: Path, out: FieldError[]): void {
  if (!r.http) return
  const paths = child(path, 'http.paths')
  if (!r.http.paths?.length) out.push(required(paths))
  else r.http.paths.forEach((p, i) => httpPath(p, at(paths, i), out))
}

function rule(r: IngressRule, allowBadWildcard: boolean, path: Path, out: FieldError[]): void {
  const host = r.host ?? ''
  const wildcard = host.includes('*')
  if (host) {
    if (parseIp(host)) out.push(invalidValue(child(path, 'host'), host, 'must be a DNS name, not an IP address'))
    named(wildcard ? isWildcardSubdomain : isDns1123Subdomain, host, child(path, 'host'), out)
  }
  if (!wildcard || !allowBadWildcard) ruleValue(r, path, out)
}

const badSecret = (name: string | undefined): boolean => Boolean(name) && isDns1123Subdomain(name!).length > 0

function tls(spec: IngressSpec, allowBadSecrets: boolean, out: FieldError[]): void {
  ;(spec.tls ?? []).forEach((t, i) => {
    const path = at('spec.tls', i)
    ;(t.hosts ?? []).forEach((host, j) => named(host.includes('*') ? isWildcardSubdomain : isDns1123Subdomain, host, at(child(path, 'hosts'), j), out))
    if (!allowBadSecrets && t.secretName) named(isDns1123Subdomain, t.secretName, child(path, 'secretName'), out)
  })
}

/** What was stored before a rule came may stay. */
const hadBadWildcard = (old: Ingress | undefined): boolean =>
  (old?.spec.rules ?? []).some((r) => {
    const found: FieldError[] = []
    if (r.host?.includes('*')) ruleValue(r, '', found)
    return found.length > 0
  })

/** networking/validation: ValidateIngressSpec. */
function checkSpec(spec: IngressSpec, old: Ingress | undefined): FieldError[] {
  const out: FieldError[] = []
  const rules = spec.rules ?? []
  if (rules.length === 0 && !spec.defaultBackend) {
    out.push(invalidValue('spec', goInternal('networking.IngressSpec', spec)['Rules'], 'either `defaultBackend` or `rules` must be specified'))
  }
  if (spec.defaultBackend) backend(spec.defaultBackend, 'spec.defaultBackend', out)
  const allowBadWildcard = hadBadWildcard(old)
  rules.forEach((r, i) => rule(r, allowBadWildcard, at('spec.rules', i), out))
  tls(spec, (old?.spec.tls ?? []).some((t) => badSecret(t.secretName)), out)
  if (spec.ingressClassName !== undefined) named(isDns1123Subdomain, spec.ingressClassName, 'spec.ingressClassName', out)
  return out
}

export function validateIngress(ingress: Ingress): readonly FieldError[] {
  const out = checkSpec(ingress.spec, undefined)
  const annotation = ingress.metadata.annotations?.[CLASS]
  const name = ingress.spec.ingressClassName
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    out.push(invalidValue(`annotations.${CLASS}`, annotation, 'must match `ingressClassName` when both are specified'))
  }
  return out
}

export const validateIngressUpdate = (ingress: Ingress, old: Ingress): readonly FieldError[] => checkSpec(ingress.spec, old)

export function validateIngressStatus(ingress: Ingress, old: Ingress): readonly FieldError[] {
  const out: FieldError[] = []
  ingressStatus(ingress.status?.loadBalancer?.ingress, old.status?.loadBalancer?.ingress, 'status.loadBalancer.ingress', out)
  return out
}

export const ingressWarnings = (ingress: Ingress, old?: Ingress): readonly string[] =>
  !old && ingress.metadata.annotations?.[CLASS] !== undefined && ingress.spec.ingressClassName === undefined
    ? [`annotation "${CLASS}" is deprecated, please use 'spec.ingressClassName' instead`]
    : []
