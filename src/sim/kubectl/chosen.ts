import type { JsonValue, KubeList, KubeObject } from '../api/meta.ts'
import { decode } from '../api/schema/decode.ts'
import { schemaOf } from '../api/schema/schema.ts'
import { isStatus, type Status } from '../api/status.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail, Failure, listStatusText, statusText } from './failure.ts'
import { entriesOf, namesFiles } from './files.ts'
import { getTarget, listTarget, targetsOf, type Target } from './resources.ts'

/** An object that a command is about, as it is in the cluster now. */
export interface Chosen {
  readonly target: Target
  readonly object: KubeObject
}

export interface Choice {
  readonly chosen: readonly Chosen[]
  /** Lines of stderr about those that could not be had. */
  readonly problems: readonly string[]
}

export const NO_RESOURCES = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

/** Options of `choose`: what a bare kind means, and what is said when nothing is named. */
export interface ChoiceOptions {
  readonly bare?: 'all' | 'fail'
  readonly nothing?: string
  /** The words to take as resources; the command's arguments when left out. */
  readonly args?: readonly string[]
  /** -l means something else in this command. */
  readonly noSelector?: boolean
}

/** The objects that names, files, --all or selectors mean (cli-runtime: resource.Builder with Latest). */
export function choose(ctx: KubectlContext, inv: Invocation, options: ChoiceOptions = {}): Choice {
  const { flags } = inv
  const args = options.args ?? inv.args
  if (flags.bool('local')) return locally(ctx, inv)
  if (namesFiles(flags)) return fromFiles(ctx, inv)
  if (args.length === 0) fail(options.nothing ?? NO_RESOURCES)
  const { targets, named } = targetsOf(args, inv.namespace)
  const labelSelector = options.noSelector ? undefined : flags.text('selector') || undefined
  const fieldSelector = flags.text('field-selector') || undefined
  const all = flags.bool('all')
  if (named && (labelSelector || fieldSelector || all)) fail('name cannot be provided when a selector is specified')
  if (named) return fetched(ctx, targets)
  if (!labelSelector && !fieldSelector && !all && options.bare !== 'all') fail('resource(s) were provided, but no name was specified')
  const everywhere = flags.bool('all-namespaces')
  const requests = targets.map((t) => listTarget(everywhere ? { ...t, namespace: undefined } : t, { labelSelector, fieldSelector }))
  const answers = ctx.all<KubeObject>(requests) as readonly unknown[]
  const problems: string[] = []
  const chosen = answers.flatMap((answer, i) => {
    if (isStatus(answer)) return problems.push(listStatusText(answer, requests[i]!)), []
    const { kind } = targets[i]!
    const list = answer as KubeList
    return list.items.map((o) => {
      const object = { ...o, apiVersion: o.apiVersion ?? list.apiVersion, kind: o.kind ?? kind.kind }
      return { target: { kind, name: o.metadata.name, namespace: o.metadata.namespace }, object }
    })
  })
  return { chosen, problems }
}

/** --local: the objects as the files have them, nothing is asked of the server. */
function locally(ctx: KubectlContext, inv: Invocation): Choice {
  if (!namesFiles(inv.flags)) fail(NO_RESOURCES)
  const problems: string[] = []
  const chosen = entriesOf(ctx, inv).flatMap(({ target, written, problem }): readonly Chosen[] => {
    if (!target || !written) return problems.push(problem ?? ''), []
    const schema = schemaOf(target.kind)
    const { error } = schema ? decode(schema, written as unknown as JsonValue) : { error: undefined }
    if (error) return problems.push(`error: unable to decode ${JSON.stringify(target.source)}: ${error}`), []
    return [{ target, object: { ...written, metadata: written.metadata ?? { name: '' } } }]
  })
  return { chosen, problems }
}

function fromFiles(ctx: KubectlContext, inv: Invocation): Choice {
  const entries = entriesOf(ctx, inv)
  const { chosen, problems } = fetched(ctx, entries.flatMap((e) => (e.target ? [e.target] : [])))
  return { chosen, problems: [...problems, ...entries.flatMap((e) => e.problem ?? [])] }
}

function fetched(ctx: KubectlContext, targets: readonly Target[]): Choice {
  const answers = ctx.all<KubeObject>(targets.map((t) => getTarget(t))) as readonly (KubeObject | Status)[]
  const problems = answers.flatMap((a) => (isStatus(a) ? statusText(a) : []))
  return { chosen: answers.flatMap((object, i) => (isStatus(object) ? [] : { target: targets[i]!, object })), problems }
}

/** Ends with the problems, if any; code 0 otherwise. */
export function endWith(problems: readonly string[]): number {
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  return 0
}
