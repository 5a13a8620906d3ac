import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { listAt, numberAt, textAt } from '../kinds/access.ts'
import { revisionOf } from '../kinds/revision.ts'
import { useKeys } from '../store/hooks.ts'
import { PodLine } from './PodLine.tsx'
import { Fact, Section, type SummaryProps } from './SummaryParts.tsx'
import styles from './inspector.module.css'

const MOST = 100

/** A ReplicaSet: what it wants, what it has, and its pods. */
export function ReplicaSetSummary({ object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const pods = useKeys('owner', object.metadata.uid ?? '')
  const revision = revisionOf(object)
  return (
    <>
      <dl className={styles['facts']}>
        <Fact name={t('desired')}>{textAt(object, 'spec', 'replicas') || '1'}</Fact>
        <Fact name={t('current')}>{numberAt(object, 'status', 'replicas')}</Fact>
        <Fact name={t('ready')}>{numberAt(object, 'status', 'readyReplicas')}</Fact>
        <Fact name={t('available')}>{numberAt(object, 'status', 'availableReplicas')}</Fact>
        <Fact name={t('image')}>
          <code>{listAt(object, 'spec', 'template', 'spec', 'containers').map((container) => textAt(container, 'image')).join(', ')}</code>
        </Fact>
        {revision !== '' && <Fact name={t('revision')}>{revision}</Fact>}
      </dl>
      <Section title={t('pods')}>
        <ul className={styles['lines']}>
          {pods.slice(0, MOST).map((key) => (
            <PodLine key={key} podKey={key} />
          ))}
        </ul>
        {pods.length > MOST && <p className={styles['note']}>{t('leftOut', { shown: MOST, all: pods.length })}</p>}
      </Section>
    </>
  )
}
