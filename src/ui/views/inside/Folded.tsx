import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface Props<T> {
  readonly items: readonly T[]
  /** So many are shown until somebody asks for the rest. */
  readonly most: number
  readonly className?: string | undefined
  readonly children: (shown: readonly T[]) => ReactNode
}

/** A list of which the rest is behind a button. */
export function Folded<T>({ items, most, className, children }: Props<T>): ReactNode {
  const { t } = useTranslation('anatomy')
  const [all, setAll] = useState(false)
  return (
    <>
      {children(all ? items : items.slice(0, most))}
      {items.length > most && (
        <button type="button" className={className} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('fewer') : t('morePods', { n: items.length - most })}
        </button>
      )}
    </>
  )
}
