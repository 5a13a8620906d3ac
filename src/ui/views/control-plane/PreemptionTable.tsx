import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttemptState } from '../../../workers/protocol.ts'
import { useClock } from '../../store/hooks.ts'
import { updateUi } from '../../store/ui-state.ts'
import { instantText } from '../../timeline/format-time.ts'
import styles from './control-plane.module.css'

type Room = NonNullable<AttemptState['preemption']>
type Candidate = Room['candidates'][number]

/** What candidates are compared by, in this order; the smaller is better, but for the start, which had better be late. */
const CRITERIA = [
  ['violations', ({ violations }: Candidate) => violations],
  ['highest', ({ highest }: Candidate) => highest],
  ['sum', ({ sum }: Candidate) => sum],
  ['victims', ({ victims }: Candidate) => victims.length],
  ['earliest', ({ earliest }: Candidate) => earliest],
] as const

/** The first criterion by which no other candidate equals the chosen one; undefined where all are equal. */
function decisive([chosen, ...others]: readonly Candidate[]): string | undefined {
  let left = others
  for (const [name, of] of CRITERIA) {
    left = left.filter((other) => chosen !== undefined && of(other) === of(chosen))
    if (left.length === 0) return name
  }
  return undefined
}

/** Who had to go for a pod, where else there was room to make, and why it was this node. */
export function PreemptionTable({ room }: { readonly room: Room }): ReactNode {
  const { t } = useTranslation('loops')
  const origin = useClock((clock) => clock.origin.at, 0)
  const [chosen] = room.candidates
  if (chosen === undefined) return null
  const by = decisive(room.candidates)
  return (
    <div className={styles['preemption']} data-testid="preemption">
      <h4>{t('preemption.title', { at: instantText(room.at - origin), node: chosen.node })}</h4>
      <p>{t('preemption.hint')}</p>
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label={t('preemption.table')}>
        <table className={styles['verdicts']}>
          <thead>
            <tr>
              <th scope="col">{t('node')}</th>
              <th scope="col">{t('preemption.victims')}</th>
              {CRITERIA.map(([name]) => (
                <th key={name} scope="col" className={styles['figure']} data-decided={name === by ? '' : undefined}>
                  {t(`preemption.${name === 'victims' ? 'count' : name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {room.candidates.map((candidate, i) => (
              <tr key={candidate.node} data-chosen={i === 0 ? '' : undefined}>
                <th scope="row">{candidate.node}</th>
                <td className={styles['victims']}>
                  {candidate.victims.map(({ pod }) => (
                    <button key={pod} type="button" onClick={() => updateUi((draft) => void (draft.selected = `pods/${pod}`))}>
                      {pod.slice(pod.indexOf('/') + 1)}
                    </button>
                  ))}
                </td>
                {CRITERIA.map(([name, of]) => (
                  <td key={name} className={styles['figure']}>
                    {name === 'earliest' ? candidate.earliest.slice(11, 19) : of(candidate)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles['message']}>{room.candidates.length === 1 ? t('preemption.only', { node: chosen.node }) : by === undefined ? t('preemption.equal', { node: chosen.node }) : t(`preemption.by.${by}`, { node: chosen.node })}</p>
    </div>
  )
}
