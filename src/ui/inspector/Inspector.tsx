import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answers, ApiObject } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { faceOf } from '../kinds/face.ts'
import { EmptyState } from '../kit/EmptyState.tsx'
import { Button } from '../kit/Button.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { StatusBadge } from '../kit/Pill.tsx'
import { tabPanel, Tabs } from '../kit/Tabs.tsx'
import { useClock, useKeys, useRecord, useUi } from '../store/hooks.ts'
import { aboutKey } from '../store/indexes.ts'
import { updateUi, type InspectorTab } from '../store/ui-state.ts'
import { instantText } from '../timeline/format-time.ts'
import { CallsTab } from './CallsTab.tsx'
import { EventsTab } from './EventsTab.tsx'
import styles from './inspector.module.css'
import { Owners } from './Owners.tsx'
import { Summary } from './Summary.tsx'
import { WhyTab } from './WhyTab.tsx'
import { YamlTab } from './YamlTab.tsx'

/** The selected object: what it is, its text, its events, and why it is so. A deleted one keeps its place as a tombstone. */
export function Inspector({ closable }: { readonly closable: boolean }): ReactNode {
  const { t } = useTranslation(['inspector', 'common'])
  const key = useUi((state) => state.selected)
  const chosenTab = useUi((state) => state.inspectorTab)
  const record = useRecord(key)
  const [last, setLast] = useState<{ key: string; value: ApiObject } | null>(null)
  useEffect(() => {
    if (record !== undefined && key !== null) setLast({ key, value: record })
  }, [key, record])
  const shown = record ?? (last?.key === key ? last?.value : undefined)
  const events = useKeys('about', shown === undefined ? '' : aboutKey(shown.kind, shown.metadata.namespace, shown.metadata.name))
  const close = closable && <IconButton small icon="close" label={t('common:close')} keys="I" onClick={() => updateUi((draft) => void (draft.inspectorOpen = false))} />
  if (key === null) {
    return (
      <div className={styles['panel']}>
        <div className={styles['top']}>{close}</div>
        <EmptyState title={t('nothing')}>{t('nothingHint')}</EmptyState>
      </div>
    )
  }
  const isPod = key.startsWith('pods/')
  const tabs: readonly InspectorTab[] = ['summary', 'yaml', 'events', ...(isPod ? (['calls'] as const) : []), 'why']
  const tab = chosenTab === 'calls' && !isPod ? 'summary' : chosenTab
  return (
    <div className={styles['panel']}>
      <Tabs
        prefix="inspector"
        label={t('inspector')}
        active={tab}
        onSelect={(id) => updateUi((draft) => void (draft.inspectorTab = id as InspectorTab))}
        tabs={tabs.map((id) => ({ id, label: t(`tabs.${id}`), ...(id === 'events' && events.length > 0 && { badge: events.length }) }))}
      >
        <span className={styles['spacer']} />
        {close}
      </Tabs>
      <div className={styles['body']} {...tabPanel('inspector', tab)} tabIndex={0}>
        {shown === undefined ? <Gone objectKey={key} /> : <Head object={shown} gone={record === undefined} objectKey={key} />}
        {tab === 'why' && <WhyTab objectKey={key} />}
        {shown !== undefined && tab === 'summary' && <Summary objectKey={key} object={shown} />}
        {shown !== undefined && tab === 'yaml' && <YamlTab objectKey={key} object={shown} />}
        {tab === 'calls' && <CallsTab objectKey={key} />}
        {shown !== undefined && tab === 'events' && <EventsTab keys={events} />}
      </div>
    </div>
  )
}

function Head({ object, gone, objectKey }: { readonly object: ApiObject; readonly gone: boolean; readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('kinds')
  const face = faceOf(object)
  const { name, namespace } = object.metadata
  return (
    <>
      <Owners object={object} />
      <div className={styles['head']}>
        <span className={styles['kind']}>{object.kind}</span>
        <h2 title={name}>{name}</h2>
        <span className={styles['spacer']} />
        {!gone && face.word !== 'exists' && <StatusBadge status={face.status} word={face.literal === true ? face.word : t(face.word)} />}
      </div>
      {namespace !== undefined && namespace !== 'default' && <p className={styles['namespace']}>{namespace}</p>}
      {gone && <Gone objectKey={objectKey} />}
    </>
  )
}

/** The tombstone: when it ended, and the way there. */
function Gone({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('inspector')
  const index = useClock((clock) => clock.index, 0)
  const origin = useClock((clock) => clock.origin.at, 0)
  const playing = useClock((clock) => clock.playing, false)
  const [answer, setAnswer] = useState<Answers['object'] | null>(null)
  const moment = playing ? -1 : index
  useEffect(() => {
    let off = false
    session
      .ask<'object'>({ type: 'object', key: objectKey })
      .then((found) => !off && setAnswer(found))
      .catch(() => undefined)
    return () => {
      off = true
    }
  }, [objectKey, moment])
  const ended = answer?.endedIndex ?? null
  return (
    <div className={styles['tombstone']} role="note" data-testid="tombstone">
      <p>{ended === null ? t('notYet') : t('gone', { at: instantText((answer?.endedAt ?? 0) - origin) })}</p>
      {ended !== null && (
        <Button small onClick={() => session.seek({ index: ended })}>
          {t('goToEnd')}
        </Button>
      )}
    </div>
  )
}
