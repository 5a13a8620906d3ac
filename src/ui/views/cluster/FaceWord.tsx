import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Face } from '../../kinds/face.ts'
import { STATUS_COLOUR } from '../../kit/status.ts'

/** The word of a state in its colour. Kubernetes' own reasons stay as they are. */
export function FaceWord({ face }: { readonly face: Face }): ReactNode {
  const { t } = useTranslation('kinds')
  return <span style={{ color: STATUS_COLOUR[face.status] }}>{face.literal === true ? face.word : t(face.word)}</span>
}
