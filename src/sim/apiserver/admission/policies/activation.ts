import type { KubeObject } from '../../../api/meta.ts'
import { admissionDeclarations, type AdmissionScope } from '../../../cel/admission.ts'
import { compile, isFailure, type Program } from '../../../cel/program.ts'
import { DYN, type CelType } from '../../../cel/types.ts'
import { fault, Lazy, type HostObject } from '../../../cel/values.ts'
import type { PolicyVariable } from '../../../kinds/admission-types.ts'
import { accountGroups, accountName, AUTHENTICATED, type UserInfo } from '../../authentication/user.ts'
import { pathRequest, resourceRequest, type Attributes } from '../../authorization/attributes.ts'
import type { Authorizer } from '../../authorization/authorizer.ts'
import type { Budget } from './conditions.ts'
import type { Occasion } from './matching.ts'

/** What every expression of one request may name; parameters and variables come later. */
export function baseActivation(occasion: Occasion): Readonly<Record<string, unknown>> {
  const { exec, operation, object, old } = occasion
  const { kind, who, namespace, subresource } = exec
  const gvk = operation === 'CONNECT' ? { group: '', version: 'v1', kind: object!.kind } : { group: kind.group, version: kind.version, kind: kind.kind }
  const gvr = { group: kind.group, version: kind.version, resource: kind.plural }
  const name = exec.name || (object ?? old)?.metadata?.name || ''
  const isNamespace = kind.plural === 'namespaces' && kind.group === ''
  const home = namespace && !isNamespace ? exec.store.get(`namespaces/${namespace}`) : undefined
  return {
    object: object ?? null,
    oldObject: old ?? null,
    request: {
      kind: gvk, resource: gvr, subResource: subresource, requestKind: gvk, requestResource: gvr, requestSubResource: subresource, name,
      namespace: namespace ?? (isNamespace ? name : ''), operation, dryRun: exec.options.dryRun ?? false, options: {},
      userInfo: { username: who.name, uid: who.uid ?? '', groups: who.groups, extra: who.extra ?? {} },
    },
    namespaceObject: home ? namespaceView(home) : null,
    authorizer: authorizerObject(exec.authorizer, who, resourceRequest(who, '', kind.group, kind.plural, namespace ?? '', name, subresource)),
  }
}

function namespaceView({ metadata, spec, status }: KubeObject): object {
  const { name, generateName, labels, annotations, uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, finalizers } = metadata
  return { metadata: { name, generateName, labels, annotations, UID: uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, finalizers }, spec, status }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : fault('no such overload'))

/** `authorizer` of expressions: asks the cluster's authorizer (apiserver: pkg/cel/library, authz.go). */
function authorizerObject(authorizer: Authorizer, user: UserInfo, own: Attributes): HostObject {
  return {
    hostType: 'kubernetes.authorization.Authorizer',
    call(name, [first, second]) {
      switch (name) {
        case 'group':
          return { hostType: 'kubernetes.authorization.GroupCheck', call: (_name: string, [resource]: readonly unknown[]) => resourceCheck(authorizer, resourceRequest(user, '', text(first), text(resource))) }
        case 'path':
          return { hostType: 'kubernetes.authorization.PathCheck', call: (_name: string, [verb]: readonly unknown[]) => decision(authorizer, pathRequest(user, text(verb), text(first))) }
        case 'serviceAccount': {
          const account: UserInfo = { name: accountName(text(first), text(second)), groups: [...accountGroups(text(first)), AUTHENTICATED] }
          return authorizerObject(authorizer, account, { ...own, user: account })
        }
        default:
          return fault(`no such overload: ${name}`)
      }
    },
    field: (name) => (name === 'requestResource' ? resourceCheck(authorizer, own) : undefined),
  }
}

function resourceCheck(authorizer: Authorizer, asked: Attributes): HostObject {
  return {
    hostType: 'kubernetes.authorization.ResourceCheck',
    call(name, [value]) {
      switch (name) {
        case 'subresource':
        case 'namespace':
        case 'name':
          return resourceCheck(authorizer, { ...asked, [name]: text(value) })
        case 'check':
          return decision(authorizer, { ...asked, verb: text(value) })
        case 'fieldSelector':
        case 'labelSelector':
          return resourceCheck(authorizer, asked)
        default:
          return fault(`no such overload: ${name}`)
      }
    },
  }
}

function decision(authorizer: Authorizer, asked: Attributes): HostObject {
  const verdict = authorizer.verdict(asked)
  const answers: Readonly<Record<string, unknown>> = { allowed: verdict.allowed, reason: verdict.reason, errored: false, error: '' }
  return { hostType: 'kubernetes.authorization.Decision', call: (name) => (Object.hasOwn(answers, name) ? answers[name]! : fault(`no such overload: ${name}`)) }
}

/** A policy's variables, compiled, with the scope in which its expressions stand. */
export interface CompiledVariables {
  readonly scope: AdmissionScope
  readonly programs: readonly (readonly [name: string, program: Program | string])[]
}

export function compileVariables(variables: readonly PolicyVariable[] | undefined, params: boolean): CompiledVariables {
  const types: Record<string, CelType> = {}
  const programs = (variables ?? []).map(({ name, expression }): readonly [string, Program | string] => {
    const made = compile(expression, admissionDeclarations({ params, authorizer: true, variables: { ...types } }))
    types[name] = isFailure(made) ? DYN : made.type
    return [name, isFailure(made) ? made.error : made]
  })
  return { scope: { params, authorizer: true, ...(variables?.length ? { variables: types } : {}) }, programs }
}

/** The activation of a policy's expressions for one parameter; variables are computed, and paid, when first asked for. */
export function policyActivation(base: Readonly<Record<string, unknown>>, params: KubeObject | null, { programs }: CompiledVariables, budget?: Budget): Readonly<Record<string, unknown>> {
  const variables: Record<string, unknown> = {}
  const activation = { ...base, params, variables }
  for (const [name, program] of programs) {
    variables[name] = new Lazy(() => {
      if (typeof program === 'string') return fault(`composited variable "${name}" fails to compile: ${program}`)
      const result = program.run(activation)
      if (budget) budget.left -= result.cost
      return 'error' in result ? fault(`composited variable "${name}" fails to evaluate: ${result.error}`) : result.value
    })
  }
  return activation
}
