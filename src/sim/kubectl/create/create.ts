import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { EDIT_HEADER, editFormat, editObjects } from '../editing.ts'
import { fail, Failure, refuse, statusText, usage } from '../failure.ts'
import { entriesOf, namesFiles, type Entry } from '../files.ts'
import { withLastApplied } from '../last-applied.ts'
import { kindByObject } from '../object-kind.ts'
import { sendRaw } from '../raw.ts'
import { Report } from '../report.ts'
import { createTarget, objectName, type Target } from '../resources.ts'
import { validationOf } from '../validation.ts'
import { helpText } from '../help.ts'
import type { Generator } from './generator.ts'
import { createToken, generators } from './generators.ts'

export const createVerb: Verb = {
  name: 'create',
  summary: 'Make new objects from a file or from flags',
  usage: [
    'kubectl create -f web.yaml', 'kubectl create deployment web --image=nginx --replicas=3', 'kubectl create configmap c --from-literal=k=v',
    'kubectl create secret generic s --from-literal=k=v', 'kubectl create service clusterip web --tcp=80', 'kubectl create deployment web --image=nginx --dry-run=client -o yaml',
  ],
  run: create,
}

function create(ctx: KubectlContext, inv: Invocation): number {
  if (inv.path.length > 1) return generate(ctx, inv)
  if (inv.args.length > 0) usage('create', `Unexpected args: [${inv.args.join(' ')}]`)
  if (inv.flags.given('raw')) return sendRaw(ctx, inv, 'POST')
  if (!namesFiles(inv.flags)) fail('must specify one of -f and -k')
  const dryRun = dryRunOf(ctx, inv)
  const fieldValidation = validationOf(inv)
  const entries = entriesOf(ctx, inv)
  if (entries.length === 0) fail('no objects passed to create')
  if (inv.flags.bool('edit')) return editedFirst(ctx, inv, entries)
  const report = new Report(ctx, inv, dryRun)
  report.each(entries, ({ target }) => {
    if (!target) return
    const body = inv.flags.bool('save-config') ? withLastApplied(target.object!) : target.object!
    const answer = dryRun === 'client' ? body : (ctx.call(createTarget(target, body, { fieldManager: 'kubectl-create', fieldValidation, ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
    if (isStatus(answer)) report.problem(statusText(answer, answer.reason === 'Invalid' ? '' : `error when creating "${target.source}"`))
    else report.done(target, 'created', answer)
  })
  for (const { problem } of entries) if (problem) report.problem(problem)
  return report.end()
}

/** `create --edit`: each object goes through the editor before it is made. */
function editedFirst(ctx: KubectlContext, inv: Invocation, entries: readonly Entry[]): number {
  const format = editFormat(inv)
  for (const { target, problem } of entries) {
    if (!target) throw new Failure(problem ?? '')
    editObjects(ctx, [{ target, object: target.object! }], {
      header: EDIT_HEADER, format,
      save(_one, edited) {
        const kind = kindByObject(edited)
        const at: Target = { ...target, kind, name: edited.metadata.name, namespace: kind.namespaced ? (edited.metadata.namespace ?? inv.namespace) : undefined }
        const answer = ctx.call(createTarget(at, edited, { fieldManager: 'kubectl-create', fieldValidation: validationOf(inv) })) as KubeObject | Status
        if (isStatus(answer)) return answer
        ctx.out(`${objectName(kind, edited.metadata.name)} created\n`)
        return undefined
      },
    })
  }
  return 0
}

/** `create deployment …`: an object from flags. */
function generate(ctx: KubectlContext, inv: Invocation): number {
  const words = inv.path.slice(1).join(' ')
  if (words === 'secret' || words === 'service') return group(ctx, inv)
  const generator = generators[words]
  if (!generator && words !== 'token') return fail(`kubectl create ${words} is not modelled here; use a file`)
  const { args, dash } = inv
  if ((dash >= 0 ? dash : args.length) !== 1) fail(`exactly one NAME is required, got ${dash >= 0 ? dash : args.length}\nSee 'kubectl ${inv.path.join(' ')} -h' for help and examples`)
  return generator ? make(ctx, inv, generator) : createToken(ctx, inv)
}

/** `create secret` and `create service` alone say how they are used. */
function group(ctx: KubectlContext, inv: Invocation): number {
  if (inv.args.length > 0) fail(`unknown command ${JSON.stringify(inv.args.join(' '))}\nSee 'kubectl ${inv.path.join(' ')} -h' for help and examples`)
  ctx.err(helpText(inv.path, []))
  return 1
}

function make(ctx: KubectlContext, inv: Invocation, generator: Generator): number {
  const dryRun = dryRunOf(ctx, inv)
  const plain = generator.make(ctx, inv, inv.args[0]!)
  const kind = kindByObject(plain)
  const namespaced = kind.namespaced && inv.namespaceGiven ? withNamespace(plain, inv.namespace) : plain
  const object = inv.flags.bool('save-config') ? withLastApplied(namespaced) : namespaced
  const target: Target = { kind, name: object.metadata.name, namespace: kind.namespaced ? inv.namespace : undefined }
  const report = new Report(ctx, inv, dryRun, dryRun === 'client')
  if (dryRun === 'client') {
    report.done(target, 'created', object)
    return report.end()
  }
  const answer = ctx.call(createTarget(target, object, { fieldManager: 'kubectl-create', ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status
  if (isStatus(answer)) return generator.failed ? fail(`${generator.failed}${answer.message}`) : refuse(answer)
  report.done(target, 'created', answer)
  return report.end()
}

const withNamespace = (object: KubeObject, namespace: string): KubeObject => {
  const { name, ...meta } = object.metadata
  return { ...object, metadata: { name, namespace, ...meta } }
}
