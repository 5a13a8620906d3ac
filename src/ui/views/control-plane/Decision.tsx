import { memo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttemptState } from '../../../workers/protocol.ts'
import { Segmented } from '../../kit/Segmented.tsx'
import { Remedies } from '../Remedies.tsx'
import styles from './control-plane.module.css'
import { FilterTable } from './FilterTable.tsx'
import { PreemptionTable } from './PreemptionTable.tsx'
import { ScoreTable } from './ScoreTable.tsx'
import { verdictOf, wasPromised } from './verdict.ts'

type Table = 'filter' | 'scores' | 'final'

const MOST_NODES = 60

/** What the scheduler made of a pod: three tables of nodes and plugins, what decided, what would help, and who had to go. */
export const Decision = memo(function Decision({ attempt }: { readonly attempt: AttemptState }): ReactNode {
  const { t } = useTranslation('loops')
  const [chosenTable, setShown] = useState<Table | null>(null)
  const scored = attempt.plugins.length > 0
  // Without the weights it went by, what the plugins gave cannot be told from their sum.
  const tables: readonly Table[] = !scored ? ['filter'] : attempt.former ? ['filter', 'final'] : ['filter', 'scores', 'final']
  const shown = chosenTable !== null && tables.includes(chosenTable) ? chosenTable : scored ? 'final' : 'filter'
  const nodes = shownNodes(attempt)
  return (
    <>
      <p className={styles['message']} data-testid="verdict">
        {verdictOf(attempt, t)}
      </p>
      {attempt.former && <p className={styles['empty']}>{t('former')}</p>}
      <Remedies remedies={attempt.remedies} />
      {nodes.length > 0 && (
        <div className={styles['tables']}>
          <Segmented<Table> label={t('tables')} options={tables.map((id) => ({ id, label: t(`${id}Table`) }))} value={shown} onChange={setShown} />
          {!wasPromised(attempt) && <small>{t('ofNodes', { feasible: attempt.feasible, count: attempt.examined })}</small>}
          {!wasPromised(attempt) && nodes.length < attempt.examined && <small>{t('nodesKept', { count: nodes.length })}</small>}
        </div>
      )}
      {nodes.length > 0 && (
        <div className={styles['scroll']} tabIndex={0} role="region" aria-label={t(`${shown}Table`)}>
          {shown === 'filter' ? <FilterTable attempt={attempt} nodes={nodes} /> : <ScoreTable attempt={attempt} nodes={nodes} final={shown === 'final'} />}
        </div>
      )}
      {attempt.preemption !== null && <PreemptionTable room={attempt.preemption} />}
    </>
  )
})

/** The chosen node and the best first, where there are too many to show. */
function shownNodes({ nodes, chosen }: AttemptState): AttemptState['nodes'] {
  if (nodes.length <= MOST_NODES) return nodes
  return [...nodes].sort((a, b) => Number(b.node === chosen) - Number(a.node === chosen) || b.total - a.total).slice(0, MOST_NODES)
}
