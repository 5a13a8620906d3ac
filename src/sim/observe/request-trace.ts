import type { RequestTrace } from '../../workers/protocol.ts'
import type { KubeObject } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { changedPaths, type AdmissionStep } from '../apiserver/admission/plugin.ts'
import { userNamed } from '../apiserver/authentication/user.ts'
import type { RestRequest } from '../apiserver/rest.ts'
import type { Step } from '../engine/event.ts'
import type { Timeline } from '../engine/timeline.ts'

interface Sent {
  readonly request: RestRequest
  readonly user: string
  readonly client: string
}

/** How far back the last request is looked for. */
const BACK = 2000

/** The last request that was served at or before the cursor; null where there is none near by. */
export function requestTrace(timeline: Timeline, server: ApiServer): RequestTrace | null {
  for (let index = timeline.index, n = 0; index > 0 && n < BACK; index--, n++) {
    const step = timeline.at(index)
    if (!step) return null
    if (step.event.actor === 'apiserver' && step.event.what === 'request') return traceOf(timeline, server, step, index)
  }
  return null
}

/** Serves the request once more on the state before it, to see what each stage did, and takes everything back. */
function traceOf(timeline: Timeline, server: ApiServer, { event }: Step, index: number): RequestTrace {
  const { request, user, client } = event.payload as unknown as Sent
  const steps: AdmissionStep[] = []
  const served = timeline.visit(index - 1, () => timeline.engine.probe(event.at, 'apiserver', (ctx) => server.execute(request, user, event.at, ctx, steps)))
  const recorded = timeline.at(index)
  const who = userNamed(user)
  const { answer, warnings, changes } = served
  return {
    index,
    at: event.at,
    client,
    verb: request.verb,
    path: pathOf(request),
    user: who.name,
    groups: who.groups,
    authorization: server.authorizer.mode,
    admission: steps.map(({ plugin, phase, before, after, refusal }) => ({ plugin, phase, changed: before && after ? changedPaths(before, after) : [], refusal: refusal?.message ?? null })),
    warnings,
    refusal: isStatus(answer) ? { reason: answer.reason ?? '', message: answer.message ?? '', code: answer.code ?? 500 } : null,
    stored: changes.map(({ key, type, revision }) => ({ key: `/registry/${key}`, type, revision })),
    told: recorded?.scheduled.filter(({ payload }) => (payload as { watch?: string } | null)?.watch !== undefined).length ?? 0,
  }
}

function pathOf({ group, version, resource, namespace, name, subresource, body }: RestRequest): string {
  const parts = [group ? `/apis/${group}/${version}` : `/api/${version}`, ...(namespace ? [`namespaces/${namespace}`] : []), resource]
  const named = name ?? (body as KubeObject | undefined)?.metadata?.name
  if (name && named) parts.push(named)
  return [...parts, ...(subresource ? [subresource] : [])].join('/')
}
