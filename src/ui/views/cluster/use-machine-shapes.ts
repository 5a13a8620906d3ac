import { useMemo } from 'react'
import type { MachineShape } from '../../graph/cluster-layout.ts'
import { mirror, useKeys, useMirror } from '../../store/hooks.ts'
import { isSystemPod } from './pod-class.ts'

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

/** The machines in their order, with how many tiles and chips each has. New only when one of these numbers changes. */
export function useMachineShapes(): readonly MachineShape[] {
  const keys = useKeys('kind', 'Node')
  const counts = useMirror((state) => keys.map((key) => countOf(state.indexes.list('node', key.slice('nodes/'.length)))).join())
  return useMemo(() => {
    const { records, indexes } = mirror.getState()
    void counts
    return sortNames(keys).map((key): MachineShape => {
      const name = key.slice('nodes/'.length)
      const labels = (records.get(key)?.metadata['labels'] ?? {}) as Readonly<Record<string, string>>
      const pods = indexes.list('node', name)
      const chips = pods.filter(isSystemKey).length
      return { name, controlPlane: CONTROL_PLANE in labels, tiles: pods.length - chips, chips }
    })
  }, [keys, counts])
}

const isSystemKey = (key: string): boolean => isSystemPod(mirror.getState().records.get(key))

/** Memo of list → its two numbers; lists are replaced when they change. */
const counted = new WeakMap<readonly string[], string>()

function countOf(pods: readonly string[]): string {
  const known = counted.get(pods)
  if (known !== undefined) return known
  const chips = pods.filter(isSystemKey).length
  const made = `${pods.length - chips}+${chips}`
  counted.set(pods, made)
  return made
}

/** node-2 before node-10. */
function sortNames(keys: readonly string[]): readonly string[] {
  const number = (key: string): number => Number(/(\d+)$/.exec(key)?.[1] ?? -1)
  const stem = (key: string): string => key.replace(/\d+$/, '')
  return [...keys].sort((a, b) => (stem(a) === stem(b) ? number(a) - number(b) : a < b ? -1 : 1))
}
