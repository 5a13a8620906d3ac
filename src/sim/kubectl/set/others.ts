import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { deepEqual } from '../../api/deep.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { parseSelector } from '../../api/selector-syntax.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose, type Chosen } from '../chosen.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { dryRunOf, type DryRun } from '../dry-run.ts'
import { fail, statusText } from '../failure.ts'
import { namesFiles } from '../files.ts'
import { podSpecPatch, podSpecPath } from '../pod-spec-of.ts'
import { Report } from '../report.ts'
import { patchTarget } from '../resources.ts'

/** A change of each chosen object as a merge patch, or a complaint. */
type Change = (one: Chosen) => JsonObject | string

function carryOut(ctx: KubectlContext, inv: Invocation, args: readonly string[], done: string, failed: string, change: Change): number {
  const local = inv.flags.bool('local')
  const dryRun: DryRun = dryRunOf(ctx, inv)
  if (local && dryRun === 'server') fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  const { chosen, problems } = choose(ctx, inv, { args, bare: inv.flags.bool('all') ? 'all' : 'fail' })
  const report = new Report(ctx, inv, dryRun)
  for (const one of chosen) {
    const patch = change(one)
    if (typeof patch === 'string') {
      report.problem(patch)
      continue
    }
    const { target, object } = one
    const next = mergePatch(object as unknown as JsonValue, patch) as unknown as KubeObject
    if (deepEqual(next, object) && !report.prints) continue
    const answer = local || dryRun === 'client' ? next : (ctx.call(patchTarget(target, patch, 'merge', { fieldManager: 'kubectl-set', ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
    if (isStatus(answer)) report.problem(answer.reason === 'Invalid' ? statusText(answer) : `error: ${failed}${answer.message}`)
    else report.done(target, done, answer)
  }
  for (const problem of problems) report.problem(problem)
  return report.end()
}

/** `set serviceaccount RESOURCE NAME` (kubectl: set_serviceaccount.go). */
export function setServiceAccount(ctx: KubectlContext, inv: Invocation): number {
  const name = inv.args.at(-1)
  if (!name) return fail('serviceaccount is required')
  return carryOut(ctx, inv, inv.args.slice(0, -1), 'serviceaccount updated', 'failed to patch ServiceAccountName ', ({ target }) =>
    podSpecPath(target.kind.kind) ? (podSpecPatch(target.kind.kind, { serviceAccountName: name, serviceAccount: name }) as JsonObject) : `error: the object is not a pod or does not have a pod template: ${target.kind.kind}`,
  )
}

/** `set selector RESOURCE a=b` (kubectl: set_selector.go). */
export function setSelector(ctx: KubectlContext, inv: Invocation): number {
  const text = inv.args.at(-1)
  if (!text || (inv.args.length < 2 && !namesFiles(inv.flags))) return fail('one selector is required')
  const parsed = parseSelector(text)
  if (typeof parsed === 'string') return fail(`couldn't parse the selector string ${JSON.stringify(text)}: ${parsed}`)
  const equal = parsed.requirements.every((r) => r.operator === '=' || r.operator === '==')
  const selector = Object.fromEntries(parsed.requirements.map((r) => [r.key, r.values[0] ?? '']))
  return carryOut(ctx, inv, inv.args.slice(0, -1), 'selector updated', '', ({ target, object }) => {
    if (target.kind.kind !== 'Service') return 'error: setting a selector is only supported for Services'
    if (!equal) return 'error: match expression is not supported on this object'
    const had = (object.spec as { readonly selector?: Readonly<Record<string, string>> }).selector ?? {}
    return { spec: { selector: { ...Object.fromEntries(Object.keys(had).map((k) => [k, null])), ...selector } } }
  })
}

const RBAC = 'rbac.authorization.k8s.io'

/** `set subject BINDING --user …` (kubectl: set_subject.go). */
export function setSubject(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  const [users, groups, accounts] = [flags.list('user'), flags.list('group'), flags.list('serviceaccount')]
  if (flags.bool('all') && flags.text('selector')) fail('cannot set --all and --selector at the same time')
  if (users.length + groups.length + accounts.length === 0) fail('you must specify at least one value of user, group or serviceaccount')
  const account = (text: string): JsonObject => {
    const [namespace, name, ...more] = text.split(':')
    if (!name || more.length > 0) return fail('serviceaccount must be <namespace>:<name>')
    return namespace ? { kind: 'ServiceAccount', name, namespace } : fail('serviceaccount must be <namespace>:<name>, namespace must be specified')
  }
  const wanted: readonly JsonObject[] = [...users.map((name) => ({ kind: 'User', apiGroup: RBAC, name })), ...groups.map((name) => ({ kind: 'Group', apiGroup: RBAC, name })), ...accounts.map(account)]
  return carryOut(ctx, inv, inv.args, 'subjects updated', 'failed to patch subjects to rolebinding: ', ({ target, object }) => {
    if (target.kind.kind !== 'RoleBinding' && target.kind.kind !== 'ClusterRoleBinding') return 'error: setting subjects is only supported for RoleBinding/ClusterRoleBinding'
    const had = (object as KubeObject & { readonly subjects?: readonly JsonObject[] }).subjects ?? []
    return { subjects: [...had, ...wanted.filter((s) => !had.some((h) => deepEqual(h, s)))] }
  })
}
