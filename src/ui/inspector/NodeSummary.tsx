import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { listAt, textAt } from '../kinds/access.ts'
import { useKeys, useMirror } from '../store/hooks.ts'
import { PodLine } from './PodLine.tsx'
import { Fact, LookInside, Section, type SummaryProps } from './SummaryParts.tsx'
import styles from './inspector.module.css'

const MOST = 110

/** A node: its size, what is requested and used, and its pods. */
export function NodeSummary({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const figures = useMirror((state) => state.figures.get(object.metadata.name))
  const pods = useKeys('node', object.metadata.name)
  const info = (field: string): string => textAt(object, 'status', 'nodeInfo', field)
  return (
    <>
      <LookInside objectKey={objectKey} />
      <dl className={styles['facts']}>
        {figures?.fault != null && <Fact name={t('machine')}>{`${t(`views:fault.${figures.fault}`)}. ${t('views:faultHint')}.`}</Fact>}
        {figures !== undefined && (
          <>
            <Fact name="cpu">{t('figure', { requested: `${figures.cpu.requested}m`, used: `${Math.round(figures.cpu.used)}m`, allocatable: `${figures.cpu.allocatable}m` })}</Fact>
            <Fact name="memory">{t('figure', { requested: mebi(figures.memory.requested), used: mebi(figures.memory.used), allocatable: mebi(figures.memory.allocatable) })}</Fact>
          </>
        )}
        <Fact name={t('pods')}>{t('of', { some: pods.length, all: textAt(object, 'status', 'allocatable', 'pods') || '110' })}</Fact>
        <Fact name={t('podRange')}>
          <code>{textAt(object, 'spec', 'podCIDR') || '–'}</code>
        </Fact>
        <Fact name={t('address')}>
          <code>{listAt(object, 'status', 'addresses').map((address) => textAt(address, 'address')).join(', ') || '–'}</code>
        </Fact>
        {info('kubeletVersion') !== '' && <Fact name="kubelet">{info('kubeletVersion')}</Fact>}
        {info('containerRuntimeVersion') !== '' && <Fact name={t('runtime')}>{info('containerRuntimeVersion')}</Fact>}
        {textAt(object, 'spec', 'unschedulable') === 'true' && <Fact name={t('scheduling')}>{t('cordonedHere')}</Fact>}
      </dl>
      <Section title={t('pods')}>
        <ul className={styles['lines']}>
          {pods.slice(0, MOST).map((key) => (
            <PodLine key={key} podKey={key} />
          ))}
        </ul>
      </Section>
    </>
  )
}

const mebi = (bytes: number): string => (bytes >= 2 ** 30 ? `${Number((bytes / 2 ** 30).toFixed(1))}Gi` : `${Math.round(bytes / 2 ** 20)}Mi`)
