import type { ReactNode } from 'react'
import { podFace } from '../kinds/face.ts'
import { textAt } from '../kinds/access.ts'
import { Glyph } from '../kit/Glyph.tsx'
import { useRecord } from '../store/hooks.ts'
import { FaceWord } from '../views/cluster/FaceWord.tsx'
import { select } from '../views/select.ts'

/** A pod in a list: state, name, node. */
export function PodLine({ podKey }: { readonly podKey: string }): ReactNode {
  const pod = useRecord(podKey)
  if (pod === undefined) return null
  const face = podFace(pod)
  return (
    <li>
      <button type="button" onClick={() => select(podKey)}>
        <Glyph status={face.status} size={9} />
        <code>{pod.metadata.name}</code>
        <FaceWord face={face} />
        <small>{textAt(pod, 'spec', 'nodeName')}</small>
      </button>
    </li>
  )
}
