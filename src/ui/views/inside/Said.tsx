import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Saying } from '../../../workers/protocol.ts'

/** A text that the simulation asks for, in the shown language. */
export function Said({ text }: { readonly text: Saying }): ReactNode {
  const { t } = useTranslation('anatomy')
  return t(text.id, { ...text.params })
}
