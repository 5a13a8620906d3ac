import { splitApiVersion } from '../../api/meta.ts'
import { resourceOfKind } from '../../api/schema/schema.ts'
import { admissionDeclarations } from '../../cel/admission.ts'
import { customType, kindType } from '../../cel/kind-types.ts'
import { compile, isFailure } from '../../cel/program.ts'
import { DYN, type CelType } from '../../cel/types.ts'
import type { ExpressionWarning, RuleWithOperations, ValidatingPolicy } from '../../kinds/admission-types.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import { scheme } from '../../kinds/index.ts'

/** A rule leads to so many kinds at the most. */
const MOST_TYPES = 10

interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** A kind whose schema is known, under the name that warnings give it. */
interface Checked {
  readonly text: string
  readonly type: CelType
}

type Definitions = readonly CustomResourceDefinition[]

/**
 * Compiles a policy's expressions once for each kind that it names, with the kind's own types, and tells what does not fit
 * (apiserver: admission/plugin/policy/validating, typechecking.go).
 */
export function expressionWarnings(policy: ValidatingPolicy, definitions: Definitions): readonly ExpressionWarning[] {
  const kinds = kindsOf(policy, definitions).flatMap((gvk): readonly Checked[] => {
    const type = typeOf(gvk, definitions)
    return type ? [{ text: `${gvk.group}/${gvk.version}, Kind=${gvk.kind}`, type }] : []
  })
  const warnings: ExpressionWarning[] = []
  const check = (fieldRef: string, expression: string | undefined): void => {
    const warning = expression && kinds.map((kind) => problem(policy, kind, expression, definitions)).filter((text) => text !== '').join('\n')
    if (warning) warnings.push({ fieldRef, warning })
  }
  for (const [i, { expression, messageExpression }] of (policy.spec?.validations ?? []).entries()) {
    check(`spec.validations[${i}].expression`, expression)
    check(`spec.validations[${i}].messageExpression`, messageExpression)
  }
  return warnings
}

function problem(policy: ValidatingPolicy, { text, type }: Checked, expression: string, definitions: Definitions): string {
  const { paramKind, variables = [] } = policy.spec ?? {}
  const params = paramKind && (typeOf({ ...splitApiVersion(paramKind.apiVersion ?? ''), kind: paramKind.kind ?? '' }, definitions) ?? DYN)
  const declared = (known: Readonly<Record<string, CelType>>) => {
    const plain = admissionDeclarations({ params: params !== undefined, authorizer: true, ...(variables.length > 0 ? { variables: known } : {}) })
    return { ...plain, variables: { ...plain.variables, object: type, oldObject: type, ...(params ? { params } : {}) } }
  }
  const types: Record<string, CelType> = {}
  for (const variable of variables) {
    const made = compile(variable.expression, declared({ ...types }))
    types[variable.name] = isFailure(made) ? DYN : made.type
  }
  const made = compile(expression, declared(types))
  return isFailure(made) ? `${text}: ${made.error.replace(/^compilation failed: /, '')}\n` : ''
}

/** A schema's type; undefined where nobody knows the kind. */
function typeOf(gvk: Gvk, definitions: Definitions): CelType | undefined {
  const name = `${gvk.kind}0`
  const own = resourceOfKind(gvk)
  if (own) return kindType(own.definition, name)
  const crd = definitions.find(({ spec }) => spec.group === gvk.group && spec.names.kind === gvk.kind)
  const version = crd?.spec.versions?.find((v) => v.name === gvk.version && v.served)
  return version && customType(version.schema?.openAPIV3Schema, name)
}

/** Every kind that the rules name without wildcards, in order; at the most ten a rule, as there (typesToCheck). */
function kindsOf(policy: ValidatingPolicy, definitions: Definitions): readonly Gvk[] {
  const found = new Map<string, Gvk>()
  for (const rule of policy.spec?.matchConstraints?.resourceRules ?? []) {
    const named = kindsOfRule(rule, definitions)
    for (const gvk of named.slice(0, MOST_TYPES)) found.set(`${gvk.group} ${gvk.version} ${gvk.kind}`, gvk)
    if (named.length >= MOST_TYPES) break
  }
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return [...found.values()].sort((a, b) => order(a.group, b.group) || order(a.version, b.version) || order(a.kind, b.kind))
}

function kindsOfRule({ apiGroups = [], apiVersions = [], resources = [] }: RuleWithOperations, definitions: Definitions): readonly Gvk[] {
  const isWild = (text: string): boolean => text.includes('*')
  if (apiGroups.some(isWild) || apiVersions.some(isWild)) return []
  const plain = resources.filter((text) => !isWild(text) && !text.includes('/'))
  const out: Gvk[] = []
  for (const group of [...apiGroups].sort()) for (const version of [...apiVersions].sort()) for (const resource of [...plain].sort()) out.push(...mapped(group, version, resource, definitions))
  return out
}

/** What a REST mapper makes of a resource; the empty group stands for any (meta: DefaultRESTMapper.KindsFor). */
function mapped(group: string, version: string, resource: string, definitions: Definitions): readonly Gvk[] {
  const fits = (kind: { readonly group: string; readonly plural: string; readonly singular: string }): boolean =>
    (group === '' || kind.group === group) && (kind.plural === resource || kind.singular === resource)
  const own = scheme.kinds.filter((kind) => kind.version === version && fits(kind)).map((kind): Gvk => ({ group: kind.group, version, kind: kind.kind }))
  const custom = definitions.filter(({ spec }) => fits({ group: spec.group, plural: spec.names.plural, singular: spec.names.singular ?? '' }) && spec.versions?.some((v) => v.name === version && v.served))
  return [...own, ...custom.map(({ spec }): Gvk => ({ group: spec.group, version, kind: spec.names.kind }))]
}
