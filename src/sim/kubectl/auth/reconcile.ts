import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { decode } from '../../api/schema/decode.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, Failure, refuse } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { printerOf } from '../printer.ts'
import { createTarget, deleteTarget, getTarget, objectName, updateTarget, type Target } from '../resources.ts'
import { uncovered, type Rule } from '../rbac-rules.ts'

interface Subject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  readonly namespace?: string
}

interface Rbac extends KubeObject {
  readonly rules?: readonly Rule[]
  readonly subjects?: readonly Subject[]
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string }
}

/** What has to happen to an object, and what is said about it. */
interface Plan {
  readonly action: 'none' | 'create' | 'update' | 'recreate'
  readonly object: Rbac
  readonly missing: readonly string[]
  readonly extra: readonly string[]
}

const ROLES = ['Role', 'ClusterRole']
const BINDINGS = ['RoleBinding', 'ClusterRoleBinding']

/** `auth reconcile`: adds what roles and bindings lack (kubectl: auth/reconcile.go; component-helpers: rbac/reconciliation). */
export function reconcile(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  if (!namesFiles(flags)) fail('must specify one of -f and -k')
  if (inv.args.length > 0) fail('no arguments are allowed')
  const dryRun = dryRunOf(ctx, inv)
  if (dryRun === 'server') fail('--dry-run=server for command reconcile is not supported yet')
  const printer = printerOf(ctx, inv)
  for (const { target, problem } of entriesOf(ctx, inv)) {
    if (!target) throw new Failure(problem ?? '')
    const { kind } = target.kind
    if (!ROLES.includes(kind) && !BINDINGS.includes(kind)) continue
    const live = ctx.call(getTarget(target)) as KubeObject | Status
    if (isStatus(live) && !isNotFound(live)) refuse(live)
    const wanted = typed(target)
    const plan = ROLES.includes(kind) ? planRole(inv, wanted, isStatus(live) ? undefined : live) : planBinding(inv, wanted, isStatus(live) ? undefined : live)
    const done = dryRun === 'client' ? plan.object : carryOut(ctx, target, plan)
    if (printer) ctx.out(printer.one(done))
    else if (dryRun === 'client') ctx.out(`${objectName(target.kind, target.name!)} reconciled (dry run)\n`)
    else panic(ctx)
    tell(ctx, inv, plan, ROLES.includes(kind) ? 'rules' : 'subjects')
  }
  return 0
}

/** The object as kubectl's own types read it. */
function typed({ kind, object, source }: Target): Rbac {
  const { value, error } = decode(schemaOf(kind)!, object as unknown as JsonValue)
  return error ? fail(`unable to decode ${JSON.stringify(source)}: ${error}`) : (value as unknown as Rbac)
}

/** v1.36.2 has no printer for this outcome: it reconciles the first object and falls over when it wants to say so. */
function panic(ctx: KubectlContext): never {
  ctx.err('panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0]\n\n')
  throw new Failure('goroutine 1 [running]:\nk8s.io/kubectl/pkg/cmd/auth.(*ReconcileOptions).printResults(...)\n(this is how kubectl v1.36.2 ends here; with -o name or --dry-run=client it does not)\n', 2)
}

const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
const ruleText = (r: Rule): string => `{Verbs:${list(r.verbs)} APIGroups:${list(r.apiGroups)} Resources:${list(r.resources)} ResourceNames:${list(r.resourceNames)} NonResourceURLs:${list(r.nonResourceURLs)}}`
const subjectText = (s: Subject): string => `{Kind:${s.kind} APIGroup:${s.apiGroup ?? ''} Name:${s.name} Namespace:${s.namespace ?? ''}}`

function planRole({ flags }: Invocation, wanted: Rbac, live: Rbac | undefined): Plan {
  const rules = wanted.rules ?? []
  if (!live) return { action: 'create', object: wanted, missing: rules.map(ruleText), extra: [] }
  const had = live.rules ?? []
  const missing = together(uncovered(had, rules))
  const extra = together(uncovered(rules, had))
  const remove = flags.bool('remove-extra-permissions')
  const changed = missing.length > 0 || (remove && extra.length > 0)
  const object: Rbac = { ...live, rules: remove && extra.length > 0 ? rules : [...had, ...missing] }
  return { action: changed ? 'update' : 'none', object: changed ? object : live, missing: missing.map(ruleText), extra: extra.map(ruleText) }
}

/** Verbs of single rights on the same thing in one rule. */
function together(rights: readonly Rule[]): readonly Rule[] {
  const found = new Map<string, Rule>()
  for (const right of rights) {
    const key = JSON.stringify({ ...right, verbs: undefined })
    const known = found.get(key)
    found.set(key, known ? { ...known, verbs: [...known.verbs!, ...right.verbs!] } : right)
  }
  return [...found.values()]
}

function planBinding({ flags }: Invocation, wanted: Rbac, live: Rbac | undefined): Plan {
  const subjects = wanted.subjects ?? []
  if (!live) return { action: 'create', object: wanted, missing: subjects.map(subjectText), extra: [] }
  const had = live.subjects ?? []
  const without = (from: readonly Subject[], others: readonly Subject[]): readonly Subject[] => from.filter((s) => !others.some((o) => subjectText(o) === subjectText(s)))
  const [missing, extra] = [without(subjects, had), without(had, subjects)]
  const remove = flags.bool('remove-extra-subjects')
  const next = remove ? subjects : [...had, ...missing]
  if (live.roleRef?.kind !== wanted.roleRef?.kind || live.roleRef?.name !== wanted.roleRef?.name) return { action: 'recreate', object: { ...wanted, subjects: next }, missing: missing.map(subjectText), extra: extra.map(subjectText) }
  const changed = missing.length > 0 || (remove && extra.length > 0)
  return { action: changed ? 'update' : 'none', object: changed ? { ...live, subjects: next } : live, missing: missing.map(subjectText), extra: extra.map(subjectText) }
}

function carryOut(ctx: KubectlContext, target: Target, { action, object }: Plan): KubeObject {
  if (action === 'none') return object
  if (action === 'recreate') {
    const gone = ctx.call(deleteTarget(target)) as KubeObject | Status
    if (isStatus(gone) && !isNotFound(gone)) refuse(gone)
  }
  const answer = ctx.call(action === 'update' ? updateTarget(target, object) : createTarget(target, object)) as KubeObject | Status
  return isStatus(answer) ? refuse(answer) : answer
}

function tell(ctx: KubectlContext, { flags }: Invocation, { action, missing, extra }: Plan, what: 'rules' | 'subjects'): void {
  if (action === 'none') return
  const lines = (title: string, texts: readonly string[]): string => (texts.length > 0 ? `\t${title}:\n${texts.map((t) => `\t\t${t}\n`).join('')}` : '')
  const removes = flags.bool(what === 'rules' ? 'remove-extra-permissions' : 'remove-extra-subjects')
  ctx.err(`\treconciliation required ${action}\n${lines(`missing ${what} added`, missing)}${removes ? lines(`extra ${what} removed`, extra) : ''}`)
}
