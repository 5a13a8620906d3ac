import { type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttemptState } from '../../workers/protocol.ts'
import styles from './map.module.css'

/** What would let a pending pod be scheduled, in sentences; nothing where nothing is known to help. */
export function Remedies({ remedies }: { readonly remedies: AttemptState['remedies'] }): ReactNode {
  const { t } = useTranslation('loops')
  if (remedies.length === 0) return null
  return (
    <div className={styles['remedies']} data-testid="remedies">
      <h4>{t('remedies')}</h4>
      <ul>
        {remedies.map(({ node, conditions }) => {
          const words = conditions.map(({ id, params }) => t(`remedy.${id}`, params)).join(t('remedyAnd'))
          return <li key={`${node} ${words}`}>{node === '' ? words : t('remedySentence', { node, words })}</li>
        })}
      </ul>
      <small>{t('remediesTried')}</small>
    </div>
  )
}
