import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttemptState } from '../../../workers/protocol.ts'
import styles from './control-plane.module.css'
import { pluginWords } from './plugin-words.ts'

interface ScoreTableProps {
  readonly attempt: AttemptState
  readonly nodes: AttemptState['nodes']
  /** Scores times their weights and their sum; else what the plugins gave, from 0 to 100. */
  readonly final: boolean
}

/** Nodes by scoring plugins. */
export function ScoreTable({ attempt, nodes, final }: ScoreTableProps): ReactNode {
  const { t } = useTranslation('loops')
  const weightOf = (plugin: string): number => attempt.weights[plugin] ?? 1
  const best = Math.max(1, ...attempt.nodes.map(({ total }) => total))
  return (
    <table className={styles['verdicts']}>
      <thead>
        <tr>
          <th scope="col">{t('node')}</th>
          {attempt.plugins.map((plugin) => (
            <th key={plugin} scope="col" className={styles['figure']}>
              {pluginWords(plugin)}
              {!attempt.former && <small>{t('weight', { weight: weightOf(plugin) })}</small>}
            </th>
          ))}
          <th scope="col">{t('total')}</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map(({ node, rejectedBy, scores, total }) => (
          <tr key={node} data-chosen={node === attempt.chosen ? '' : undefined}>
            <th scope="row">{node}</th>
            {attempt.plugins.map((plugin) => (
              <td key={plugin} className={styles['figure']}>
                {rejectedBy === null ? (scores[plugin] ?? 0) / (final ? 1 : weightOf(plugin)) : '–'}
              </td>
            ))}
            <td>
              {rejectedBy === null ? (
                <>
                  <i style={{ width: `${(total / best) * 36}px` }} />
                  <b>{total}</b> {node === attempt.chosen && t('chosen')}
                </>
              ) : (
                <span className={styles['refused']}>✕ {pluginWords(rejectedBy)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
