import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { isEmptyPatch, threeWayMerge, threeWayStrategic } from '../../api/patch/three-way.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import { formatMicroTime } from '../../engine/time.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { Failure, statusText } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { lastAppliedOf, withLastApplied } from '../last-applied.ts'
import { toYaml } from '../print-yaml.ts'
import { createTarget, getTarget, patchTarget, type Target } from '../resources.ts'
import { unifiedDiff } from '../unified-diff.ts'

export const diffVerb: Verb = {
  name: 'diff',
  summary: 'Show what apply would change',
  usage: ['kubectl diff -f web.yaml'],
  run: diff,
}

/** Exit 0: no difference, 1: differences, 2: it could not be told. */
function diff(ctx: KubectlContext, inv: Invocation): number {
  if (inv.args.length > 0) throw new Failure(`error: Unexpected args: [${inv.args.join(' ')}]\nSee 'kubectl diff -h' for help and examples`, 2)
  if (!namesFiles(inv.flags)) throw new Failure('error: must specify one of -f and -k', 2)
  const entries = entriesOf(ctx, inv)
  const wrong = entries.flatMap((e) => e.problem ?? [])
  if (wrong.length > 0) throw new Failure(wrong.join('\n'), 2)
  let differs = false
  for (const { target } of entries) {
    const [live, merged] = bothOf(ctx, target!)
    const [before, after] = [live ? toYaml(plain(live)) : '', toYaml(plain(merged))]
    if (before === after) continue
    differs = true
    const { kind, namespace, name } = target!
    const file = `${kind.group ? `${kind.group}.` : ''}${kind.version}.${kind.kind}.${namespace ?? ''}.${name}`
    const stamp = `${formatMicroTime(ctx.now).replace('T', ' ').replace('Z', '')}000 +0000`
    ctx.out(`diff -u -N LIVE-1/${file} MERGED-1/${file}\n--- LIVE-1/${file}\t${stamp}\n+++ MERGED-1/${file}\t${stamp}\n${unifiedDiff(before, after)}`)
  }
  return differs ? 1 : 0
}

/** The object as it is and as it would be, asked of the server with a dry run. */
function bothOf(ctx: KubectlContext, target: Target): readonly [KubeObject | undefined, KubeObject] {
  const modified = withLastApplied(target.object!)
  const current = ctx.call(getTarget(target)) as KubeObject | Status
  if (isStatus(current) && !isNotFound(current)) throw new Failure(statusText(current), 2)
  const options = { dryRun: true, fieldManager: 'kubectl-client-side-apply' }
  if (isStatus(current)) return [undefined, must(ctx.call(createTarget(target, modified, options)))]
  const schema = schemaOf(target.kind)
  const [before, after, live] = [lastAppliedOf(current), modified as unknown as JsonObject, current as unknown as JsonObject]
  const patch = schema ? threeWayStrategic(before, after, live, schema) : threeWayMerge(before, after, live)
  if (isEmptyPatch(patch)) return [current, current]
  return [current, must(ctx.call(patchTarget(target, patch, schema ? 'strategic' : 'merge', options)))]
}

function must(answer: KubeObject | Status): KubeObject {
  if (isStatus(answer)) throw new Failure(statusText(answer), 2)
  return answer
}

function plain(object: KubeObject): JsonValue {
  const { managedFields: _hidden, ...metadata } = object.metadata
  const { 'kubectl.kubernetes.io/last-applied-configuration': _last, ...annotations } = metadata.annotations ?? {}
  const kept = Object.keys(annotations).length > 0 ? { ...metadata, annotations } : { ...metadata, annotations: undefined }
  return { ...object, metadata: kept } as unknown as JsonValue
}
