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
import { ELSEWHERE, settled } from './settling.ts'

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

const NONE: ReadonlySet<string> = new Set()

/** What several policies make of one object, or the errors that stop the request. */
interface Progress {
  readonly object: KubeObject
  readonly errors: readonly string[]
}

/**
 * Changes in CEL, bound to what they change (admission/plugin/policy/mutating, dispatcher.go). Once a patch was made, the
 * whole chain runs a second time, and of the policies those that were invoked and want it (`IfNeeded`).
 */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  subresources: ['*'],
  admit(exec, object, old) {
    const invoked = invocations<MutatingPolicy>(occasionOf(exec, object, old), 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings')
    if (invoked.length === 0) return object
    let progress: Progress = { object, errors: [] }
    const turn: Turn = { exec, old, only: exec.trail.second ? (exec.trail.policies ?? NONE) : undefined, again: new Set(), patched: false }
    for (const invocation of invoked) progress = invoke(turn, invocation, progress)
    if (!turn.only) exec.trail.policies = turn.again
    if (turn.patched) exec.trail.runAgain = true
    if (progress.errors.length > 0) return refuse(exec, object, progress.errors)
    return progress.object.metadata.namespace === object.metadata.namespace ? progress.object : badRequest(ELSEWHERE)
  },
}

/** One pass of the policies over a request. */
interface Turn {
  readonly exec: Execution
  readonly old: KubeObject | undefined
  /** In the second pass: the invocations that are to be repeated. */
  readonly only: ReadonlySet<string> | undefined
  /** Invocations whose policies want another turn. */
  readonly again: Set<string>
  /** A patch was made, even if it left the object as it was. */
  patched: boolean
}

const keyOf = ({ policy, binding }: Invocation<MutatingPolicy>, param: KubeObject | null): string =>
  `${policy.metadata.name} ${binding.metadata.name} ${param ? `${param.metadata.namespace ?? ''}/${param.metadata.name}` : ''}`

function refuse({ kind, name }: Execution, { metadata }: KubeObject, errors: readonly string[]): Status {
  const status = forbidden({ group: kind.group, resource: kind.plural }, name || metadata.name, 'admission request denied by policy', errors.map((message) => ({ message })))
  return { ...status, message: errors[0]!, reason: 'Invalid' }
}

function invoke(turn: Turn, invocation: Invocation<MutatingPolicy>, before: Progress): Progress {
  const { exec, old, only, again } = turn
  const { policy, binding, params } = invocation
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
    const key = keyOf(invocation, param)
    if (only && !only.has(key)) continue
    if (policy.spec?.reinvocationPolicy === 'IfNeeded') again.add(key)
    for (const { isApply, expression: source } of mutations) {
      const result = valueOf(source, activationOf(progress.object))
      const changed = 'error' in result ? result.error : isApply ? applied(exec, progress.object, toJson(result.value)) : patched(exec, progress.object, toJson(result.value))
      if (typeof changed === 'string') progress = failed(progress, changed)
      else {
        turn.patched = true
        progress = { ...progress, object: settled(exec, progress.object, changed) }
      }
    }
  }
  return progress
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
