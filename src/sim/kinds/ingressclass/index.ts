import { child, forbiddenField, goQuote, invalidValue, notSupported, required, tooLong, type FieldError, type Path } from '../../api/field.ts'
import type { KubeObject } from '../../api/meta.ts'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName, regexComplaint } from '../../api/names.ts'
import { assignSame } from '../../api/share.ts'
import { immutable } from '../../api/validate-meta.ts'
import { named } from '../../api/validate/simple.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** networking.k8s.io/v1 IngressClass. */
export interface IngressClass extends KubeObject<IngressClassSpec> {
  readonly spec: IngressClassSpec
}

export interface IngressClassSpec {
  readonly controller?: string
  readonly parameters?: IngressClassParameters
}

export interface IngressClassParameters {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly scope?: 'Cluster' | 'Namespace'
  readonly namespace?: string
}

const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
const PATH_RE = new RegExp(`^(?:${PATH})$`)
const DOMAIN_PATH = `must be a domain-prefixed path (such as ${goQuote('acme.io/foo')})`

/** util/validation: IsDomainPrefixedPath. */
function domainPath(text: string, path: Path, out: FieldError[]): void {
  if (!text) return void out.push(required(path))
  const slash = text.indexOf('/')
  const [host, rest] = slash < 0 ? ['', ''] : [text.slice(0, slash), text.slice(slash + 1)]
  if (!host || !rest) return void out.push(invalidValue(path, text, DOMAIN_PATH))
  named(isDns1123Subdomain, host, path, out)
  if (!PATH_RE.test(rest)) out.push(invalidValue(path, rest, regexComplaint('Invalid path', PATH)))
}

function parameters(p: IngressClassParameters, path: Path, out: FieldError[]): void {
  if (p.apiGroup !== undefined) named(isDns1123Subdomain, p.apiGroup, child(path, 'apiGroup'), out)
  for (const key of ['kind', 'name'] as const) {
    if (!p[key]) out.push(required(child(path, key)))
    else named(isPathSegmentName, p[key], child(path, key), out)
  }
  const namespace = child(path, 'namespace')
  if (p.scope === undefined) out.push(required(child(path, 'scope')))
  else if (p.scope === 'Namespace') {
    if (p.namespace === undefined) out.push(required(namespace, "`parameters.scope` is set to 'Namespace'"))
    else named(isDns1123Label, p.namespace, namespace, out)
  } else if (p.scope === 'Cluster') {
    if (p.namespace !== undefined) out.push(forbiddenField(namespace, "`parameters.scope` is set to 'Cluster'"))
  } else out.push(notSupported(child(path, 'scope'), p.scope, ['Cluster', 'Namespace']))
}

function validate(c: IngressClass): FieldError[] {
  const out: FieldError[] = []
  const controller = c.spec.controller ?? ''
  if (controller.length > 250) out.push(tooLong('spec.controller', 250))
  domainPath(controller, 'spec.controller', out)
  if (c.spec.parameters) parameters(c.spec.parameters, 'spec.parameters', out)
  return out
}

function validateUpdate(c: IngressClass, old: IngressClass): readonly FieldError[] {
  const out: FieldError[] = []
  immutable(c.spec.controller ?? '', old.spec.controller ?? '', 'spec.controller', out)
  return [...out, ...validate(c)]
}

const isDefault = (c: IngressClass): boolean => c.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
const shown = (p: IngressClassParameters | undefined): string => (p ? `${p.kind}${p.apiGroup === undefined ? '' : `.${p.apiGroup}`}/${p.name}` : '<none>')

/** networking.k8s.io/v1 IngressClass (registry/networking/ingressclass: strategy.go). */
export const ingressClassKind = defineKind<IngressClass>('networking.k8s.io', 'v1', 'IngressClass', {
  generation: true,
  defaults(c) {
    const given = c.spec ?? {}
    return assignSame(c, { spec: assignSame(given, { parameters: given.parameters && assignSame(given.parameters, { scope: given.parameters.scope ?? 'Cluster' }) }) })
  },
  validate,
  validateUpdate,
  columns: [
    { ...nameColumn, cell: (c: IngressClass) => (isDefault(c) ? `${c.metadata.name} (default)` : c.metadata.name) },
    textColumn('Controller', (c) => c.spec.controller ?? ''),
    textColumn('Parameters', (c) => shown(c.spec.parameters)),
    ageColumn,
  ],
})
