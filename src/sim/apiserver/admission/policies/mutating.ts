import { semanticEqual } from '../../../api/deep.ts'
import type { JsonValue, KubeObject } from '../../../api/meta.ts'
import { JsonPatchError, jsonPatch } from '../../../api/patch/json-patch.ts'
import { validateStructure } from '../../../api/schema/structure.ts'
import { badRequest, forbidden, isStatus, type Status } from '../../../api/status.ts'
import { admissionDeclarations, EXPECTED } from '../../../cel/admission.ts'
import { compile } from '../../../cel/program.ts'
import { isPlain, toJson } from '../../../cel/values.ts'
import type { MutatingPolicy } from '../../../kinds/admission-types.ts'
import { kindShape } from '../../apply/managers.ts'
import { merge } from '../../apply/merging.ts'
import type { Execution } from '../../execution.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { baseActivation, compileVariables, policyActivation, type CompiledVariables } from './activation.ts'
import { invocations, type Invocation } from './bindings.ts'
import { compileConditions, conditionsHold, expression, valueOf, type Expression } from './conditions.ts'
import { occasionOf } from './matching.ts'

interface Compiled {
  readonly variables: CompiledVariables
  readonly conditions: readonly Expression[]
  readonly mutations: readonly { readonly isApply: boolean; readonly expression: Expression }[]
}

const compiled = new WeakMap<KubeObject, Compiled>()

function compiledOf(policy: MutatingPolicy): Compiled {
  let found = compiled.get(policy)
  if (found) return found
  const spec = policy.spec ?? {}
  const params = spec.paramKind !== undefined
  const variables = compileVariables(spec.variables, params)
  const declared = admissionDeclarations({ ...variables.scope, variables: variables.scope.variables ?? {}, patches: true })
  const mutations = (spec.mutations ?? []).map(({ applyConfiguration, jsonPatch: patch }) => {
    const source = (applyConfiguration?.expression ?? patch?.expression ?? '').trim()
    const isApply = applyConfiguration !== undefined
    return { isApply, expression: expression(source, compile(source, declared, isApply ? EXPECTED.applyConfiguration : EXPECTED.jsonPatch)) }
  })
  compiled.set(policy, (found = { variables, conditions: compileConditions(spec.matchConditions, params), mutations }))
  return found
}

const ELSEWHERE = 'the namespace of the provided object does not match the namespace sent on the request'

/** What several policies make of one object, or the errors that stop the request. */
interface Progress {
  readonly object: KubeObject
  readonly errors: readonly string[]
}

/** Changes in CEL, bound to what they change (admission/plugin/policy/mutating). Policies that want it get a second turn after others. */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  subresources: ['*'],
  admit(exec, object, old) {
    const invoked = invocations<MutatingPolicy>(occasionOf(exec, object, old), 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings')
    if (invoked.length === 0) return object
    let progress: Progress = { object, errors: [] }
    const after = new Map<Invocation<MutatingPolicy>, KubeObject>()
    for (const invocation of invoked) {
      progress = invoke(exec, invocation, progress, old)
      after.set(invocation, progress.object)
    }
    for (const invocation of invoked)
      if (invocation.policy.spec?.reinvocationPolicy === 'IfNeeded' && after.get(invocation) !== progress.object) progress = invoke(exec, invocation, progress, old)
    if (progress.errors.length > 0) return refuse(exec, object, progress.errors)
    return progress.object.metadata.namespace === object.metadata.namespace ? progress.object : badRequest(ELSEWHERE)
  },
}

function refuse({ kind, name }: Execution, { metadata }: KubeObject, errors: readonly string[]): Status {
  const status = forbidden({ group: kind.group, resource: kind.plural }, name || metadata.name, 'admission request denied by policy', errors.map((message) => ({ message })))
  return { ...status, message: errors[0]!, reason: 'Invalid' }
}

function invoke(exec: Execution, { policy, binding, params }: Invocation<MutatingPolicy>, before: Progress, old: KubeObject | undefined): Progress {
  const fails = policy.spec?.failurePolicy !== 'Ignore'
  const failed = (from: Progress, message: string): Progress =>
    fails ? { ...from, errors: [...from.errors, `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${message}`] } : from
  if ('error' in params) return failed(before, `failed to configure binding: ${params.error}`)
  const { variables, conditions, mutations } = compiledOf(policy)
  let progress = before
  for (const param of params) {
    const activationOf = (object: KubeObject) => policyActivation(baseActivation(occasionOf(exec, object, old)), param, variables)
    const holds = conditionsHold(conditions, activationOf(progress.object))
    if (holds !== true) {
      if (holds !== false) progress = failed(progress, holds.error)
      continue
    }
    for (const { isApply, expression: source } of mutations) {
      const result = valueOf(source, activationOf(progress.object))
      const changed = 'error' in result ? result.error : isApply ? applied(exec, progress.object, toJson(result.value)) : patched(exec, progress.object, toJson(result.value))
      if (typeof changed === 'string') progress = failed(progress, changed)
      else progress = { ...progress, object: settled(exec, progress.object, changed) }
    }
  }
  return progress
}

/** Defaults of the kind and what the server itself writes; the same reference when nothing has changed. */
function settled({ kind }: Execution, before: KubeObject, after: KubeObject): KubeObject {
  const { apiVersion, kind: kindName, metadata } = before
  const { name = '', namespace = metadata.namespace } = after.metadata ?? {}
  const own = { name, uid: metadata.uid, creationTimestamp: metadata.creationTimestamp, ...(namespace ? { namespace } : {}) }
  const complete = kind.defaults({ ...after, apiVersion, kind: kindName, metadata: { ...after.metadata, ...own } })
  return semanticEqual(before, complete) ? before : complete
}

function applied({ kind }: Execution, object: KubeObject, configuration: unknown): KubeObject | string {
  if (!isPlain(configuration)) return 'apply configuration must be an object'
  const { apiVersion, kind: kindName } = object
  return merge(kindShape(kind), object as unknown as JsonValue, { ...configuration, apiVersion, kind: kindName } as JsonValue) as unknown as KubeObject
}

/** A patch whose test fails changes nothing; what the schema does not know is refused. */
function patched({ kind }: Execution, object: KubeObject, patch: unknown): KubeObject | string {
  try {
    const changed = jsonPatch(object as unknown as JsonValue, patch as JsonValue) as unknown as KubeObject
    if (!isPlain(changed) || !changed.kind || !changed.apiVersion) return "Internal error occurred: the patched object has no kind or no apiVersion"
    const checked = kind.custom ? { object: changed } : validateStructure(changed, 'Strict', [])
    return isStatus(checked) ? `Internal error occurred: ${checked.message ?? ''}` : checked.object
  } catch (reason) {
    if (!(reason instanceof JsonPatchError)) throw reason
    return reason.message.startsWith('testing') ? object : `JSON Patch: ${reason.message}`
  }
}
