import { deepEqual } from '../../api/deep.ts'
import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { jsonPatch, JsonPatchError } from '../../api/patch/json-patch.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { strategicMerge, StrategicPatchError } from '../../api/patch/strategic-merge.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { PatchType } from '../../client/request.ts'
import { parseManifest } from '../../manifest/parse.ts'
import { choose, type Chosen } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, statusText } from '../failure.ts'
import { Report } from '../report.ts'
import { objectName, patchTarget } from '../resources.ts'

export const patchVerb: Verb = {
  name: 'patch',
  summary: 'Change some fields of an object',
  usage: [`kubectl patch deploy web -p '{"spec":{"replicas":3}}'`, `kubectl patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":3}]'`],
  run: patch,
}

const TYPES: readonly string[] = ['json', 'merge', 'strategic']

function patch(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  const type = flags.text('type') || 'strategic'
  if (!TYPES.includes(type)) fail(`--type must be one of [json merge strategic], not ${JSON.stringify(type)}`)
  const body = bodyOf(ctx, inv)
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv)
  const report = new Report(ctx, inv, dryRun)
  for (const one of chosen) {
    const { target, object } = one
    if (dryRun === 'client' || flags.bool('local')) {
      const changed = locally(one, body, type as PatchType)
      if (report.prints) report.done(target, 'patched', changed)
      else ctx.out(`${objectName(target.kind, target.name!)} patched${deepEqual(changed, object) ? ' (no change)' : ''}\n`)
      continue
    }
    const schema = schemaOf(target.kind)
    if (!schema && type === 'strategic') fail(`application/strategic-merge-patch+json is not supported by ${target.kind.group}/${target.kind.version}, Kind=${target.kind.kind}: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`)
    const answer = ctx.call(patchTarget(target, body!, type as PatchType, { fieldManager: 'kubectl-patch', ...(dryRun === 'server' ? { dryRun: true } : {}) }, flags.text('subresource') || undefined)) as KubeObject | Status
    if (isStatus(answer)) report.problem(statusText(answer))
    else if (report.prints) report.done(target, 'patched', answer)
    else ctx.out(`${flags.text('subresource') === 'scale' ? `scale.autoscaling/${target.name}` : objectName(target.kind, target.name!)} patched${same(answer, object) ? ' (no change)' : ''}\n`)
  }
  for (const problem of problems) report.problem(problem)
  return report.end()
}

/** Did the patch change anything but bookkeeping? */
function same(a: KubeObject, b: KubeObject): boolean {
  const plain = (o: KubeObject): unknown => ({ ...o, apiVersion: '', kind: '', metadata: { ...o.metadata, managedFields: undefined, resourceVersion: undefined } })
  return deepEqual(plain(a), plain(b))
}

function bodyOf(ctx: KubectlContext, { flags }: Invocation): JsonValue {
  const [text, file] = [flags.text('patch'), flags.text('patch-file')]
  if (text && file) fail('cannot specify --patch and --patch-file together')
  if (!text && !file) fail('must specify --patch or --patch-file containing the contents of the patch')
  const source = text || (ctx.files[file] ?? fail(`unable to read patch file: open ${file}: no such file or directory`))
  const { objects, problems } = parseManifest('patch', source)
  const wrong = problems.find((p) => p.severity === 'error')
  if (wrong) fail(`unable to parse ${JSON.stringify(source)}: ${wrong.message.slice(wrong.message.indexOf('yaml: '))}`)
  return objects[0]?.value ?? null
}

function locally({ target, object }: Chosen, body: JsonValue, type: PatchType): KubeObject {
  const value = object as unknown as JsonValue
  try {
    if (type === 'json') return jsonPatch(value, body) as unknown as KubeObject
    return (type === 'merge' ? mergePatch(value, body) : strategicMerge(value, body, schemaOf(target.kind))) as unknown as KubeObject
  } catch (problem) {
    if (problem instanceof JsonPatchError || problem instanceof StrategicPatchError) return fail(problem.message)
    throw problem
  }
}
