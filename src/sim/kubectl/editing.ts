import type { JsonValue, KubeObject } from '../api/meta.ts'
import { isNotFound, type Status } from '../api/status.ts'
import { discovery } from './discovery.ts'
import { gvkOf } from '../api/meta.ts'
import { parseManifest } from '../manifest/parse.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail, Failure } from './failure.ts'
import { prettyJson } from './print-json.ts'
import { toKyaml } from './print-kyaml.ts'
import { toYaml } from './print-yaml.ts'
import { resourceName, type Target } from './resources.ts'

/** An object that goes through the user's editor. */
export interface Editable {
  readonly target: Target
  readonly object: KubeObject
}

/** What is done with the objects that come back, in the order in which they went. */
export interface EditJob {
  readonly header: string
  readonly format: string
  /** Gives the server's refusal, if any. */
  save(one: Editable, edited: KubeObject): Status | undefined
}

export const EDIT_HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

/** An editor that is a script may never come to an end. */
const MOST_ROUNDS = 20

/** What -o means for an editor. */
export function editFormat({ flags }: Invocation): string {
  const format = flags.text('output') || 'yaml'
  return ['yaml', 'json', 'kyaml'].includes(format) ? format : fail(`unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: json,kyaml,yaml`)
}

function printed(items: readonly Editable[], format: string): string {
  const value = (items.length === 1 ? withoutManagedFields(items[0]!.object) : { apiVersion: 'v1', kind: 'List', metadata: {}, items: items.map((i) => withoutManagedFields(i.object)) }) as unknown as JsonValue
  return format === 'json' ? `${prettyJson(value)}\n` : format === 'kyaml' ? toKyaml(value) : toYaml(value)
}

/** Opens the editor until what comes back is accepted, unchanged or given up (kubectl: util/editor, editoptions.go). */
export function editObjects(ctx: KubectlContext, items: readonly Editable[], { header, format, save }: EditJob): number {
  const original = printed(items, format)
  const file = `/tmp/kubectl-edit-${1_000_000 + ctx.random(900_000_000)}.${format === 'json' ? 'json' : 'yaml'}`
  const keep = (kept: boolean, failure: Failure): never => {
    if (kept) ctx.err(`A copy of your changes has been stored to ${JSON.stringify(file)}\n`)
    throw failure
  }
  let [reasons, body, failed] = ['', original, false]
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const name = items.length === 1 ? `${items[0]!.target.kind.singular}-${items[0]!.target.name}.${format}` : `objects.${format}`
    const answer = ctx.edit(name, `${header}${reasons}${body}`)
    if (answer === null) return keep(failed, new Failure(`error: there was a problem with the editor ${JSON.stringify(ctx.env.KUBE_EDITOR || ctx.env.EDITOR || 'vi')}`))
    if (failed && stripped(answer) === stripped(body)) return keep(true, new Failure('error: Edit cancelled, no valid changes were saved.'))
    if (stripped(original) === stripped(answer)) {
      ctx.err('Edit cancelled, no changes made.\n')
      return 0
    }
    const read = readBack(answer, name)
    const outcome = 'syntax' in read ? { reasons: read.syntax, invalid: true, said: read.said } : saveAll(ctx, items, read.objects, save, file, keep)
    if (!outcome.invalid) return 0
    if (outcome.said) ctx.err(`error: ${resourceName(items[0]!.target.kind)} ${JSON.stringify(items[0]!.target.name)} is invalid\n`)
    ;[reasons, body, failed] = [outcome.reasons, manual(answer), true]
  }
  return keep(true, new Failure('error: Edit cancelled, no valid changes were saved.'))
}

interface Outcome {
  readonly reasons: string
  readonly invalid: boolean
  readonly said: boolean
}

function readBack(text: string, name: string): { readonly objects: readonly KubeObject[] } | { readonly syntax: string; readonly said: boolean } {
  const { objects, problems } = parseManifest(name, text)
  const broken = problems.find((p) => p.severity === 'error')
  if (broken) return { syntax: `# The edited file failed validation: ${broken.message.replace(/\n/g, '\n# ')}\n#\n`, said: true }
  const values = objects.map((o) => o.value as unknown as KubeObject)
  const unset = values.length === 0 || values.some((v) => typeof v !== 'object' || v === null || !v.apiVersion || !v.kind)
  if (unset) return { syntax: '# The edited file failed validation: [apiVersion not set, kind not set]\n#\n', said: true }
  const strange = values.find((v) => !discovery.kindFor(gvkOf(v)))
  if (strange) return { syntax: `# The edited file had a syntax error: no matches for kind "${strange.kind}" in version "${strange.apiVersion}"\n#\n`, said: false }
  return { objects: values }
}

function saveAll(ctx: KubectlContext, items: readonly Editable[], edited: readonly KubeObject[], save: EditJob['save'], file: string, keep: (kept: boolean, failure: Failure) => never): Outcome {
  let reasons = ''
  let lost = 0
  for (const [i, object] of edited.entries()) {
    const one = items.find(({ object: o }) => o.kind === object.kind && o.metadata.name === object.metadata?.name && (o.metadata.namespace ?? '') === (object.metadata?.namespace ?? '')) ?? items[i]
    if (!one) continue
    let refused: Status | undefined
    try {
      refused = save(one, object)
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
      keep(true, thrown)
    }
    if (!refused) continue
    const what = `${resourceName(one.target.kind)} ${JSON.stringify(one.target.name)}`
    if (refused.reason === 'Invalid' || refused.reason === 'BadRequest') {
      const causes = (refused.details?.causes ?? []).map((c) => `# * ${c.field ?? ''}: ${(c.message ?? '').replace(/\n/g, '\n# ')}\n`).join('')
      reasons += `# ${what} was not valid${causes ? `:\n${causes}` : `: ${(refused.message ?? '').replace(/\n/g, '\n# ')}\n`}#\n`
    } else if (isNotFound(refused)) {
      ctx.err(`error: ${what} could not be found on the server\n`)
      lost++
    } else {
      ctx.err(`error: ${what} could not be patched: ${refused.message ?? ''}\nYou can run \`kubectl replace -f ${file}\` to try this update again.\n`)
      throw new Failure('')
    }
  }
  if (lost > 0) {
    ctx.err(`The edits you made on deleted resources have been saved to ${JSON.stringify(file)}\n`)
    throw new Failure('')
  }
  return { reasons, invalid: reasons !== '', said: reasons !== '' }
}

/** Without the lines that begin with "#". */
const manual = (text: string): string => text.split('\n').filter((l) => !l.startsWith('#')).join('\n')
const stripped = (text: string): string => manual(text).trim()

function withoutManagedFields(object: KubeObject): KubeObject {
  if (!object.metadata?.managedFields) return object
  const { managedFields: _hidden, ...metadata } = object.metadata
  return { ...object, metadata }
}
