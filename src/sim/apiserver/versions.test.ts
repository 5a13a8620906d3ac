import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import { Engine, type EventContext } from '../engine/engine.ts'
import type { Micros } from '../engine/time.ts'
import type { RestRequest } from './rest.ts'
import { ApiServer } from './server.ts'

/** A server whose requests run one by one, and what a watcher is told. */
function world(): { readonly ask: (request: RestRequest) => KubeObject; readonly heard: KubeObject[]; readonly watch: (row: object) => void } {
  const engine = new Engine({ seed: 1 })
  const server = new ApiServer(engine)
  const heard: KubeObject[] = []
  let answer: unknown
  engine.actor('test', {
    go: (ctx: EventContext, request: RestRequest) => {
      answer = server.execute(request, 'system:apiserver', ctx.now, ctx).answer
    },
    told: (_ctx: EventContext, news: { readonly object?: KubeObject; readonly items?: readonly KubeObject[] }) => void heard.push(...(news.items ?? [news.object!])),
  } as never)
  let at = 1_000_000
  let watched = false
  const run = (actor: string, what: string, payload: unknown): void => {
    engine.command(++at as Micros, actor, what, payload as never)
    // One more event at most: what a watcher is told. Later ones, as the end of an event's hour, are not waited for.
    if (actor === 'apiserver' || watched) engine.step()
    at = Math.max(at, engine.now)
  }
  run('test', 'go', { verb: 'create', group: '', version: 'v1', resource: 'namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't' } } })
  return {
    ask: (request) => {
      run('test', 'go', request)
      return answer as KubeObject
    },
    heard,
    watch: (row) => {
      watched = true
      run('apiserver', 'watch', { client: 'test', to: { actor: 'test', what: 'told' }, latency: 1, ...row })
    },
  }
}

const inT = { namespace: 't' }

describe('objects that two versions serve', () => {
  it('are one object under two names: events', () => {
    const { ask } = world()
    ask({ verb: 'create', group: '', version: 'v1', resource: 'events', ...inT, body: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: { namespace: 't', name: 'p' }, message: 'hi', count: 2 } as unknown as KubeObject })
    const other = ask({ verb: 'get', group: 'events.k8s.io', version: 'v1', resource: 'events', ...inT, name: 'e' })
    expect(other).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { name: 'p' }, note: 'hi', deprecatedCount: 2 })
    expect(other).not.toHaveProperty('message')
    const list = ask({ verb: 'list', group: 'events.k8s.io', version: 'v1', resource: 'events', ...inT }) as unknown as { readonly items: readonly KubeObject[] }
    expect(list.items[0]).toMatchObject({ note: 'hi' })
  })

  it('keep in an old version what only the new one can say: autoscalers', () => {
    const { ask } = world()
    const v1 = { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers', ...inT } as const
    const metrics = [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } } }]
    const spec = { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, metrics, behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } }
    ask({ verb: 'create', ...v1, version: 'v2', body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec } as unknown as KubeObject })
    const old = ask({ verb: 'get', ...v1, name: 'h' })
    expect(old.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics']).toBe('[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"10"}}]')
    expect(old.spec).toEqual({ maxReplicas: 3, minReplicas: 1, scaleTargetRef: spec.scaleTargetRef })
    ask({ verb: 'update', ...v1, name: 'h', body: { ...old, spec: { ...(old.spec as object), maxReplicas: 5 } } })
    const now = ask({ verb: 'get', ...v1, version: 'v2', name: 'h' })
    expect(now.spec).toMatchObject({ maxReplicas: 5, metrics, behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } })
    expect(now.metadata.annotations ?? {}).toEqual({})
  })

  it('reach each watcher in the version that it asked for', () => {
    const { ask, heard, watch } = world()
    watch({ id: 'a', group: 'events.k8s.io', version: 'v1', resource: 'events', namespace: 't' })
    ask({ verb: 'create', group: '', version: 'v1', resource: 'events', ...inT, body: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: { namespace: 't' }, message: 'hi' } as unknown as KubeObject })
    expect(heard).toMatchObject([{ apiVersion: 'events.k8s.io/v1', note: 'hi' }])
  })
})
