import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttemptState } from '../../../workers/protocol.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { Button } from '../../kit/Button.tsx'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { Segmented } from '../../kit/Segmented.tsx'
import { openConfiguration } from '../../settings/open-configuration.ts'
import { useClock, useMoment, useKeys, useMirror, useUi } from '../../store/hooks.ts'
import { UNSCHEDULED } from '../../store/indexes.ts'
import { updateUi } from '../../store/ui-state.ts'
import { instantText } from '../../timeline/format-time.ts'
import { Remedies } from '../Remedies.tsx'
import styles from './control-plane.module.css'
import { PreemptionTable } from './PreemptionTable.tsx'
import { StopButton } from './StopButton.tsx'

const MOST_PODS = 300
const MOST_NODES = 60

/** The scheduler's last attempt for a pod: who was filtered out and why, scores by plugin, and the choice. */
export function AttemptTable(): ReactNode {
  const { t } = useTranslation('loops')
  const chosen = useUi((state) => state.attemptPod)
  const selected = useUi((state) => state.selected)
  const waiting = useKeys('node', UNSCHEDULED)
  const pods = useKeys('kind', 'Pod')
  const newest = useMirror((state) => state.current?.touched.find((key) => key.startsWith('pods/')))
  const pod = chosen ?? (selected?.startsWith('pods/') === true ? selected : undefined) ?? waiting[0] ?? newest ?? pods.find((key) => !key.startsWith('pods/kube-system/')) ?? pods[0] ?? ''
  const moment = useMoment()
  const name = pod.slice('pods/'.length)
  const query = useMemo(() => ({ type: 'attempt' as const, pod: name }), [name])
  const attempt = useAnswer<'attempt'>(query, moment)
  const origin = useClock((clock) => clock.origin.at, 0)
  const stopped = useMirror((state) => state.components.some(({ name: part, running }) => part === 'scheduler' && !running))
  return (
    <section className={styles['section']} aria-label={t('decision')}>
      <header>
        <h3>kube-scheduler</h3>
        <label>
          <span className="visually-hidden">{t('pod')}</span>
          <select value={pod} onChange={(event) => updateUi((draft) => void (draft.attemptPod = event.target.value))}>
            {!pods.includes(pod) && <option value={pod}>{name}</option>}
            {pods.slice(0, MOST_PODS).map((key) => (
              <option key={key} value={key}>
                {key.slice('pods/'.length)}
              </option>
            ))}
          </select>
        </label>
        <StopButton name="scheduler" stopped={stopped} />
        <Button variant="ghost" onClick={() => void openConfiguration('kube-scheduler')}>
          {t('schedulerFile')}
        </Button>
        {attempt != null && <small>{t('decidedAt', { at: instantText(attempt.at - origin) })}</small>}
      </header>
      {attempt === null && <EmptyState title={t('noAttempt')}>{t('noAttemptHint')}</EmptyState>}
      {attempt != null && <Verdicts attempt={attempt} />}
    </section>
  )
}

function Verdicts({ attempt }: { readonly attempt: AttemptState }): ReactNode {
  const { t } = useTranslation('loops')
  const [shown, setShown] = useState<'final' | 'scores'>('final')
  const weightOf = (plugin: string): number => attempt.weights[plugin] ?? 1
  const best = Math.max(1, ...attempt.nodes.map(({ total }) => total))
  const nodes = attempt.nodes.length <= MOST_NODES ? attempt.nodes : [...attempt.nodes].sort((a, b) => Number(b.node === attempt.chosen) - Number(a.node === attempt.chosen) || b.total - a.total).slice(0, MOST_NODES)
  return (
    <>
      {attempt.plugins.length > 0 && (
        <div className={styles['tables']}>
          <Segmented<'final' | 'scores'>
            label={t('tables')}
            options={[
              { id: 'final', label: t('finalTable') },
              { id: 'scores', label: t('scoreTable') },
            ]}
            value={shown}
            onChange={setShown}
          />
        </div>
      )}
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label={t('decision')}>
        <table className={styles['verdicts']}>
          <thead>
            <tr>
              <th scope="col">{t('node')}</th>
              <th scope="col">{t('filter')}</th>
              {attempt.plugins.map((plugin) => (
                <th key={plugin} scope="col" className={styles['figure']}>
                  {plugin.replace(/^NodeResources/, '').replace(/([a-z])([A-Z])/g, '$1 $2')}
                  <small>{t('weight', { weight: weightOf(plugin) })}</small>
                </th>
              ))}
              <th scope="col">{t('total')}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ node, rejectedBy, reasons, scores, total }) => (
              <tr key={node} data-chosen={node === attempt.chosen ? '' : undefined}>
                <th scope="row">{node}</th>
                <td className={rejectedBy === null ? styles['passed'] : styles['refused']}>{rejectedBy === null ? `✓ ${t('fits')}` : `✕ ${rejectedBy}: ${reasons.join(', ')}`}</td>
                {attempt.plugins.map((plugin) => (
                  <td key={plugin} className={styles['figure']}>
                    {rejectedBy === null ? (scores[plugin] ?? 0) / (shown === 'final' ? 1 : weightOf(plugin)) : '–'}
                  </td>
                ))}
                <td>
                  {rejectedBy === null ? (
                    <>
                      <i style={{ width: `${(total / best) * 36}px` }} />
                      <b>{total}</b> {node === attempt.chosen && t('chosen')}
                    </>
                  ) : (
                    <span className={styles['empty']}>{t('filteredOut')}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles['message']}>{attempt.chosen === null ? attempt.message : decided(attempt, t)}</p>
      <Remedies remedies={attempt.remedies} />
      {attempt.preemption !== null && <PreemptionTable room={attempt.preemption} />}
    </>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

/** What decided: the plugin that gave the chosen node the most over the second. */
function decided(attempt: AttemptState, t: Translate): string {
  const fitting = attempt.nodes.filter(({ rejectedBy }) => rejectedBy === null).sort((a, b) => b.total - a.total)
  const winner = fitting.find(({ node }) => node === attempt.chosen)
  const second = fitting.find(({ node }) => node !== attempt.chosen)
  if (winner === undefined) return attempt.message
  if (second === undefined) return t('onlyOne', { node: winner.node })
  if (winner.total === second.total) return t('tie', { node: winner.node, total: winner.total })
  const lead = (plugin: string): number => (winner.scores[plugin] ?? 0) - (second.scores[plugin] ?? 0)
  const plugin = [...attempt.plugins].sort((a, b) => lead(b) - lead(a))[0] ?? ''
  return t('decidedBy', { plugin, lead: lead(plugin), node: winner.node, second: second.node, by: winner.total - second.total })
}
