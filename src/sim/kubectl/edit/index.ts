import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { createMergePatch } from '../../api/patch/merge-patch.ts'
import { isEmptyPatch, threeWayStrategic } from '../../api/patch/three-way.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { parseManifest } from '../../manifest/parse.ts'
import { choose, endWith, type Chosen } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure } from '../failure.ts'
import { prettyJson } from '../print-json.ts'
import { toYaml } from '../print-yaml.ts'
import { patchTarget, objectName, resourceName } from '../resources.ts'
import { validationOf } from '../validation.ts'

export const editVerb: Verb = {
  name: 'edit',
  summary: 'Change an object in the editor',
  usage: ['kubectl edit deploy web', 'kubectl edit configmap c'],
  run: edit,
}

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

/** An editor that is a script may never come to an end. */
const MOST_ROUNDS = 20

function edit(ctx: KubectlContext, inv: Invocation): number {
  const format = inv.flags.text('output') || 'yaml'
  if (format !== 'yaml' && format !== 'json') fail(`unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: json,kyaml,yaml`)
  if (inv.flags.text('subresource')) fail('edit --subresource is not modelled here; use kubectl patch --subresource')
  const { chosen, problems } = choose(ctx, inv, { bare: 'all' })
  if (problems.length > 0) endWith(problems)
  let edited = 0
  for (const one of chosen) if (editOne(ctx, inv, one, format)) edited++
  if (edited === 0) ctx.err('Edit cancelled, no changes made.\n')
  return 0
}

/** Opens the editor until what comes back is accepted, unchanged or given up. True when something was changed. */
function editOne(ctx: KubectlContext, inv: Invocation, { target, object }: Chosen, format: string): boolean {
  const shown = withoutManagedFields(object)
  const body = format === 'json' ? `${prettyJson(shown as unknown as JsonValue)}\n` : toYaml(shown as unknown as JsonValue)
  const name = `${target.kind.singular}-${target.name}.${format}`
  let text = `${HEADER}${body}`
  let last = text
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const answer = ctx.edit(name, text)
    if (answer === null || answer === text || withoutComments(answer) === '' || withoutComments(answer) === withoutComments(last)) {
      if (text === `${HEADER}${body}`) return false
      throw new Failure('error: Edit cancelled, no valid changes were saved.')
    }
    if (withoutComments(answer) === withoutComments(body)) return false
    last = answer
    const complaint = save(ctx, inv, { target, object: shown }, answer, name)
    if (complaint === undefined) return true
    ctx.err(`error: ${resourceName(target.kind)} ${JSON.stringify(target.name)} is invalid\n`)
    text = `${HEADER}${complaint.split('\n').map((l) => `# ${l}\n`).join('')}#\n${withoutComments(answer)}`
  }
  throw new Failure('error: Edit cancelled, no valid changes were saved.')
}

/** Sends the difference as a patch; gives the complaint where it is refused. */
function save(ctx: KubectlContext, inv: Invocation, { target, object }: Chosen, text: string, name: string): string | undefined {
  const { objects, problems } = parseManifest(name, text)
  const wrong = problems.find((p) => p.severity === 'error')
  if (wrong) return `The edited file had a syntax error: ${wrong.message}`
  const edited = objects[0]?.value as unknown as KubeObject | undefined
  if (!edited || typeof edited !== 'object') return 'The edited file failed validation: [apiVersion not set, kind not set]'
  if (edited.apiVersion !== object.apiVersion || edited.kind !== object.kind || edited.metadata?.name !== object.metadata.name) fail('At least one of apiVersion, kind and name was changed')
  const schema = schemaOf(target.kind)
  const [before, after] = [object as unknown as JsonObject, edited as unknown as JsonObject]
  const patch = schema ? threeWayStrategic(before, after, before, schema) : ((createMergePatch(before, after) ?? {}) as JsonObject)
  if (isEmptyPatch(patch)) {
    ctx.err('Edit cancelled, no changes made.\n')
    return undefined
  }
  const answer = ctx.call(patchTarget(target, patch, schema ? 'strategic' : 'merge', { fieldManager: 'kubectl-edit', fieldValidation: validationOf(inv) })) as KubeObject | Status
  if (isStatus(answer)) return `${resourceName(target.kind)} ${JSON.stringify(target.name)} was not valid:\n${(answer.details?.causes ?? []).map((c) => ` * ${c.field ?? ''}: ${c.message ?? ''}`).join('\n') || ` * ${answer.message ?? ''}`}`
  ctx.out(`${objectName(target.kind, target.name!)} edited\n`)
  return undefined
}

const withoutComments = (text: string): string => text.split('\n').filter((l) => !l.startsWith('#')).join('\n').trim()

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _hidden, ...metadata } = object.metadata
  return { ...object, metadata }
}
