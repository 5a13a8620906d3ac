import { semanticEqual } from '../api/deep.ts'
import { at, child, invalidValue, required, type FieldError, type Path } from '../api/field.ts'
import { formatLabelSelector } from '../api/labels.ts'
import { isDns1123Subdomain } from '../api/names.ts'
import { admissionDeclarations, type AdmissionScope } from '../cel/admission.ts'
import { compile, isFailure } from '../cel/program.ts'
import { DYN, type CelType } from '../cel/types.ts'
import { defaultMatch, FAILURE_POLICIES, mustBeOneOf, validateMatchConditions, validateMatchResources, validateParamKind, validateParamRef } from './admission-rules.ts'
import type { MutatingPolicySpec, PolicyBinding, PolicyBindingSpec, PolicyVariable, ValidatingPolicySpec } from './admission-types.ts'

type PolicySpec = ValidatingPolicySpec | MutatingPolicySpec

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const RESERVED: ReadonlySet<string> = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
])

/** Defaults that both kinds of policies share. */
export function defaultPolicySpec<S extends PolicySpec>(spec: S): S {
  return { ...spec, failurePolicy: spec.failurePolicy ?? 'Fail', ...(spec.matchConstraints ? { matchConstraints: defaultMatch(spec.matchConstraints) } : {}) }
}

/** The first half of a policy's validation; what follows may name the variables that are given back. */
export function validatePolicyHead(spec: PolicySpec, old: PolicySpec | undefined, checkMatch: () => readonly FieldError[] = () => []): { readonly errors: FieldError[]; readonly scope: AdmissionScope } {
  const params = spec.paramKind !== undefined
  const sameConditions = old !== undefined && semanticEqual(spec.paramKind, old.paramKind) && semanticEqual(spec.matchConditions, old.matchConditions)
  const errors: FieldError[] = [
    ...mustBeOneOf(spec.failurePolicy, FAILURE_POLICIES, 'spec.failurePolicy'),
    ...(spec.paramKind ? validateParamKind(spec.paramKind, 'spec.paramKind') : []),
    ...(spec.matchConstraints ? validateMatchResources(spec.matchConstraints, 'spec.matchConstraints') : [required('spec.matchConstraints')]),
    ...(spec.matchConstraints && !spec.matchConstraints.resourceRules?.length ? [required('spec.matchConstraints.resourceRules')] : []),
    ...checkMatch(),
    ...(sameConditions ? [] : validateMatchConditions(spec.matchConditions, params, 'spec.matchConditions')),
  ]
  const variables = validateVariables(spec.variables ?? [], params, errors)
  return { errors, scope: { params, authorizer: true, ...(variables ? { variables } : {}) } }
}

function validateVariables(variables: readonly PolicyVariable[], params: boolean, out: FieldError[]): Record<string, CelType> | undefined {
  if (variables.length === 0) return undefined
  const types: Record<string, CelType> = {}
  for (const [i, { name = '', expression = '' }] of variables.entries()) {
    const path = at('spec.variables', i)
    if (!name.trim()) out.push(required(child(path, 'name'), 'name is not specified'))
    else if (!IDENTIFIER.test(name) || RESERVED.has(name)) out.push(invalidValue(child(path, 'name'), name, 'must be a valid CEL identifier'))
    if (!expression.trim()) {
      out.push(required(child(path, 'expression'), 'expression is not specified'))
      continue
    }
    const made = compile(expression, admissionDeclarations({ params, authorizer: true, variables: { ...types } }))
    if (isFailure(made)) out.push(invalidValue(child(path, 'expression'), expression, made.error))
    types[name] = isFailure(made) ? DYN : made.type
  }
  return types
}

export function defaultPolicyBinding(binding: PolicyBinding): PolicyBinding {
  const match = binding.spec?.matchResources
  return match ? { ...binding, spec: { ...binding.spec, matchResources: defaultMatch(match) } } : binding
}

/** What bindings of both kinds of policies share. */
export function validatePolicyBinding(spec: PolicyBindingSpec, path: Path = 'spec'): FieldError[] {
  const { policyName = '' } = spec
  const place = child(path, 'policyName')
  return [
    ...(policyName ? isDns1123Subdomain(policyName).map((wrong) => invalidValue(place, policyName, wrong)) : [required(place)]),
    ...validateParamRef(spec.paramRef, child(path, 'paramRef')),
    ...validateMatchResources(spec.matchResources, child(path, 'matchResources')),
  ]
}

export const paramKindText = (kind: { readonly apiVersion?: string; readonly kind?: string } | undefined): string => (kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : '<unset>')

/** "ns/name", "any/name" or the selector's text for a column. */
export function paramRefText(ref: PolicyBindingSpec['paramRef']): string {
  if (!ref) return '<unset>'
  return ref.name ? `${ref.namespace || '*'}/${ref.name}` : ref.selector ? formatLabelSelector(ref.selector) : '<unset>'
}
