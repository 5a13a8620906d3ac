import { rowOf, schedulingQueue, why, type Cluster } from '../sim/index.ts'
import type { Answers, ApiObject, HistoryRow, Query } from './protocol.ts'

type Question = Extract<Query, { type: 'why' | 'rows' | 'loops' | 'request' | 'etcd' | 'volume' | 'loop' | 'attempt' | 'schedulingQueue' | 'rollout' | 'object' | 'podAnatomy' | 'nodeAnatomy' | 'podCalls' | 'podLoad' | 'dockerfile' }>

/** Queries that only look: answered from the state at the cursor, nothing moves. */
export function answerQuestion(cluster: Cluster, query: Question): Answers[Question['type']] {
  switch (query.type) {
    case 'why':
      return why(cluster.timeline, query.key, query.path)
    case 'rows':
      return rows(cluster, query.from, query.count, query.filter)
    case 'loops':
      return cluster.loops()
    case 'request':
      return cluster.requestTrace()
    case 'etcd':
      return cluster.etcd(query.filter)
    case 'volume':
      return cluster.volumeChoice(query.key)
    case 'loop':
      return cluster.loop(query.controller)
    case 'attempt':
      return cluster.attempt(query.pod)
    case 'schedulingQueue':
      return schedulingQueue(cluster.scheduler)
    case 'rollout':
      return cluster.rollout(query.key)
    case 'podAnatomy':
      return cluster.inside.pod(query.key)
    case 'nodeAnatomy':
      return cluster.inside.node(query.name)
    case 'podCalls':
      return cluster.inside.calls(query.key)
    case 'dockerfile':
      return cluster.inside.dockerfile(query)
    case 'podLoad':
      return cluster.inside.load(query.key)
    case 'object':
      return object(cluster, query.key)
  }
}

const MAX_ROWS = 2000

/** Rows from index `from` on; with a filter those whose actor or objects contain the text, searched from there. */
function rows(cluster: Cluster, from: number, count: number, filter?: string): Answers['rows'] {
  const { timeline } = cluster
  const wanted = filter?.toLowerCase()
  const found: HistoryRow[] = []
  for (let index = Math.max(1, from); index <= timeline.endIndex && found.length < Math.min(count, MAX_ROWS); index++) {
    const step = timeline.at(index)
    if (!step) continue
    const row = rowOf(step, index)
    if (!wanted || matches(row, wanted)) found.push(row)
  }
  return { rows: found, total: timeline.endIndex }
}

const matches = (row: HistoryRow, text: string): boolean =>
  row.actor.toLowerCase().includes(text) || row.touched.some((key) => key.toLowerCase().includes(text)) || row.what.includes(text)

/** An object at the cursor, or, when it is gone, its last state and the step that ended it. */
function object(cluster: Cluster, key: string): Answers['object'] {
  const value = (cluster.objects.get(key) as ApiObject | undefined) ?? null
  if (value) return { value, last: value, endedAt: null, endedIndex: null }
  const end = cluster.lastStateOf(key)
  return { value: null, last: (end?.last as ApiObject | undefined) ?? null, endedAt: end?.at ?? null, endedIndex: end?.index ?? null }
}
