import type { ApiObject } from '../../../workers/protocol.ts'
import { nodeFace, podFace, severity } from '../../kinds/face.ts'
import type { Status } from '../../kit/status.ts'
import type { Mirror } from '../../store/mirror.ts'

/** One machine from afar: its state and how many of its pods are in which, the failing first. */
export interface FarMachine {
  readonly status: Status
  readonly pods: number
  readonly parts: readonly (readonly [status: Status, count: number])[]
}

/** A record's face never changes, so it is worked out once however often the map is drawn. */
const faces = new WeakMap<ApiObject, Status>()

function statusOf(pod: ApiObject): Status {
  let status = faces.get(pod)
  if (status === undefined) faces.set(pod, (status = podFace(pod).status))
  return status
}

/** What the far view shows of the machine called `name`; undefined when it is gone. */
export function farMachine({ records, indexes }: Pick<Mirror, 'records' | 'indexes'>, name: string): FarMachine | undefined {
  const node = records.get(`nodes/${name}`)
  if (node === undefined) return undefined
  const keys = indexes.list('node', name)
  const counts = new Map<Status, number>()
  for (const key of keys) {
    const pod = records.get(key)
    if (pod === undefined) continue
    const status = statusOf(pod)
    counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  return { status: nodeFace(node).status, pods: keys.length, parts: [...counts].sort((a, b) => severity(a[0]) - severity(b[0])) }
}
