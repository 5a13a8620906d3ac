import type { ReactNode } from 'react'
import { podFace, severity } from '../../kinds/face.ts'
import { STATUS_COLOUR, type Status } from '../../kit/status.ts'
import { useMirror } from '../../store/hooks.ts'
import styles from './cluster.module.css'

/** From afar a node's pods are one bar: a stretch for each state, the failing first, and their number. */
export function PodBar({ keys }: { readonly keys: readonly string[] }): ReactNode {
  const counts = useMirror((state) => {
    const by = new Map<Status, number>()
    for (const key of keys) {
      const pod = state.records.get(key)
      if (pod === undefined) continue
      const { status } = podFace(pod)
      by.set(status, (by.get(status) ?? 0) + 1)
    }
    return [...by].sort((a, b) => severity(a[0]) - severity(b[0])).map(([status, count]) => `${status}:${count}`).join()
  })
  const parts = counts === '' ? [] : counts.split(',').map((part) => part.split(':') as [Status, string])
  return (
    <div className={styles['farBar']}>
      <div>
        {parts.map(([status, count]) => (
          <i key={status} style={{ flexGrow: Number(count), background: STATUS_COLOUR[status] }} />
        ))}
      </div>
      <b>{keys.length}</b>
    </div>
  )
}
