import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { VolumeChoice } from '../../workers/protocol.ts'
import { listAt, textAt } from '../kinds/access.ts'
import { useMoment } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { select } from '../views/select.ts'
import { Fact, Section, type SummaryProps } from './SummaryParts.tsx'
import styles from './inspector.module.css'
import { useAnswer } from './use-answer.ts'

/** A claim: what it asks for, what it has, and why this volume: volumes × criteria as the binder sees them. */
export function ClaimSummary({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const query = useMemo(() => ({ type: 'volume' as const, key: objectKey }), [objectKey])
  const moment = useMoment()
  const choice = useAnswer<'volume'>(query, moment)
  const volume = textAt(object, 'spec', 'volumeName')
  return (
    <>
      <dl className={styles['facts']}>
        <Fact name={t('phase')}>{textAt(object, 'status', 'phase') || '–'}</Fact>
        <Fact name={t('claim.class')}>{textAt(object, 'spec', 'storageClassName') || '–'}</Fact>
        <Fact name={t('claim.asks')}>
          <code>
            {textAt(object, 'spec', 'resources', 'requests', 'storage')} {listAt(object, 'spec', 'accessModes').join(', ')}
          </code>
        </Fact>
        <Fact name={t('claim.has')}>
          <code>{textAt(object, 'status', 'capacity', 'storage') || '–'}</code>
        </Fact>
        <Fact name={t('claim.volume')}>
          {volume === '' ? (
            '–'
          ) : (
            <button type="button" className={styles['link']} onClick={() => select(`persistentvolumes/${volume}`)}>
              {volume}
            </button>
          )}
        </Fact>
      </dl>
      <p className={styles['note']}>
        <button type="button" className={styles['link']} onClick={() => updateUi((draft) => void (draft.dialog = 'storage'))}>
          {t('claim.storage')}
        </button>
      </p>
      {choice != null && <Choice choice={choice} />}
    </>
  )
}

function Choice({ choice }: { readonly choice: VolumeChoice }): ReactNode {
  const { t } = useTranslation('inspector')
  const { rows, criteria, chosen, bound, otherwise, provisioner } = choice
  return (
    <Section title={t(bound ? 'claim.why' : 'claim.whyNot')}>
      {otherwise !== undefined && <p className={styles['note']}>{t(`claim.otherwise.${otherwise}`, { provisioner: provisioner ?? '' })}</p>}
      {rows.length === 0 ? (
        <p className={styles['note']}>{t('claim.noVolumes')}</p>
      ) : (
        <div className={styles['criteria']} tabIndex={0} role="region" aria-label={t('claim.why')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('claim.volume')}</th>
                <th scope="col">{t('claim.size')}</th>
                {criteria.map((criterion) => (
                  <th key={criterion} scope="col">
                    {t(`claim.criterion.${criterion}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ volume, size, passed, failed, reservedFor }) => (
                <tr key={volume} data-chosen={volume === chosen ? '' : undefined}>
                  <th scope="row">
                    <button type="button" className={styles['link']} onClick={() => select(`persistentvolumes/${volume}`)}>
                      {volume}
                    </button>
                    {volume === chosen && <small> {t(reservedFor ? 'claim.reserved' : 'claim.chosen')}</small>}
                  </th>
                  <td>{size}</td>
                  {criteria.map((criterion) => (
                    <td key={criterion} data-failed={criterion === failed ? '' : undefined}>
                      {passed[criterion] === true ? '✓' : '✕'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
