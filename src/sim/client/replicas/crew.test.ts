import { describe, expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { Engine } from '../../engine/engine.ts'
import { Tally } from '../../engine/tally.ts'
import type { Table } from '../../engine/table.ts'
import { Crew, CREWS } from './crew.ts'

const LABELS = [{ app: 'web' }, { app: 'web', extra: 'yes' }, undefined]
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed']

/** Any pod: of one of three owners or none, with some phase and readiness, perhaps being deleted. */
function anyPod(name: string, below: (n: number) => number): Pod {
  const owner = below(4)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(LABELS[below(3)] ? { labels: LABELS[below(2)] } : {}),
      ...(owner > 0 ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `rs-${owner}`, uid: `uid-${owner}`, controller: true }] } : {}),
      ...(below(4) === 0 ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { containers: [] },
    status: { phase: PHASES[below(4)]!, conditions: [{ type: 'Ready', status: below(2) === 0 ? 'True' : 'False' }] },
  } as Pod
}

const inNumbers = (crew: Crew): unknown => [crew.size, crew.active, crew.ready, crew.terminating, crew.activeWith((labels) => labels?.['extra'] === 'yes'), crew.allActive((labels) => labels !== undefined)]

describe('crews of pods', () => {
  test('are the same when pods come, change, go and come back by undo as when they are counted anew', () => {
    const engine = new Engine({ seed: 7 })
    const pods: Table<Pod> = engine.table<Pod>('pods')
    const tally = pods.derive(new Tally(CREWS))
    engine.actor('test', {
      change: ({ random }) => {
        for (let i = 0; i < 5; i++) {
          const name = `pod-${random.below(20)}`
          if (random.below(3) === 0) pods.delete(name)
          else pods.set(name, anyPod(name, (n) => random.below(n)))
        }
      },
    })
    const agree = (): void => {
      for (const uid of ['uid-1', 'uid-2', 'uid-3']) {
        const own = pods.values().filter((pod) => CREWS.by(pod) === uid)
        const crew = tally.of(uid)
        if (own.length === 0) expect(crew).toBeUndefined()
        else expect(inNumbers(crew!)).toEqual(inNumbers(Crew.of(own)))
      }
    }
    for (let round = 0; round < 60; round++) {
      const step = engine.command(0, 'test', 'change', null)
      agree()
      if (round % 3 === 0) {
        engine.undo(step, 0)
        agree()
        engine.redo(step)
        agree()
      }
    }
  })
})
