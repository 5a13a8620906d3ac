import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject, RolloutState } from '../../workers/protocol.ts'
import { listAt, numberAt, textAt } from '../kinds/access.ts'
import { linkText } from '../timeline/words.ts'
import { select } from '../views/select.ts'
import { LoadSection } from './LoadSection.tsx'
import { Fact, Section, type SummaryProps } from './SummaryParts.tsx'
import styles from './inspector.module.css'
import { useAnswer } from './use-answer.ts'

/** A Deployment as its controller sees it: what it may add and remove now, and what it waits for. */
export function DeploymentSummary({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const query = useMemo(() => ({ type: 'rollout' as const, key: objectKey }), [objectKey])
  const rollout = useAnswer<'rollout'>(query, object)
  const desired = textAt(object, 'spec', 'replicas') || '1'
  const updated = numberAt(object, 'status', 'updatedReplicas')
  return (
    <>
      <dl className={styles['facts']}>
        <Fact name={t('image')}>
          <Images object={object} rollout={rollout ?? null} />
        </Fact>
        <Fact name={t('ready')}>{t('of', { some: numberAt(object, 'status', 'readyReplicas'), all: desired })}</Fact>
        <Fact name={t('updated')}>{t('of', { some: updated, all: desired })}</Fact>
        <Fact name={t('strategy')}>{strategy(object, t)}</Fact>
      </dl>
      {rollout != null && <Budget rollout={rollout} />}
      {rollout != null && <Revisions rollout={rollout} namespace={object.metadata.namespace ?? 'default'} />}
      <LoadSection objectKey={objectKey} object={object} />
    </>
  )
}

function Images({ object, rollout }: { readonly object: ApiObject; readonly rollout: RolloutState | null }): ReactNode {
  const now = listAt(object, 'spec', 'template', 'spec', 'containers').map((container) => textAt(container, 'image')).join(', ')
  const old = rollout?.revisions.find(({ isNew, replicas }) => !isNew && replicas > 0)?.images
  if (old === undefined || old === now) return <code>{now}</code>
  return (
    <code>
      {old} → <b className={styles['new']}>{now}</b>
    </code>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

function strategy(object: ApiObject, t: Translate): string {
  const type = textAt(object, 'spec', 'strategy', 'type') || 'RollingUpdate'
  if (type !== 'RollingUpdate') return type
  return t('rolling', { surge: textAt(object, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') || '25%', unavailable: textAt(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') || '25%' })
}

const MOST_SLOTS = 24

/** The controller's own numbers as slots: one a pod; old and new revision, dashed for room that is left. */
function Budget({ rollout }: { readonly rollout: RolloutState }): ReactNode {
  const { t } = useTranslation('inspector')
  const { total, maxTotal, available, minAvailable, mayAdd, mayRemove, revisions } = rollout
  const fresh = revisions.length > 1 ? revisions.filter(({ isNew }) => isNew) : []
  const newTotal = Math.min(total, fresh.reduce((sum, { replicas }) => sum + replicas, 0))
  const newAvailable = Math.min(available, fresh.reduce((sum, revision) => sum + revision.available, 0))
  return (
    <Section title={t('mayDo')}>
      <div className={styles['budget']}>
        <SlotRow name={t('allPods')} old={total - newTotal} fresh={newTotal} room={Math.max(0, maxTotal - total)} figures={`${total}/${maxTotal}`} title={t('allPodsHint', { total, most: maxTotal })} />
        <SlotRow name={t('availablePods')} old={available - newAvailable} fresh={newAvailable} room={Math.max(0, total - available)} figures={`${available}${available >= minAvailable ? '≥' : '<'}${minAvailable}`} title={t('availableHint', { available, least: minAvailable })} />
      </div>
      <p className={styles['next']}>
        <b>{t('may', { add: mayAdd, remove: mayRemove })}</b> {linkText(rollout.next, 'deployment-controller')}
      </p>
    </Section>
  )
}

interface SlotRowProps {
  readonly name: string
  readonly old: number
  readonly fresh: number
  readonly room: number
  readonly figures: string
  readonly title: string
}

function SlotRow({ name, old, fresh, room, figures, title }: SlotRowProps): ReactNode {
  const slots = [...Array<string>(Math.max(0, old)).fill('old'), ...Array<string>(Math.max(0, fresh)).fill('fresh'), ...Array<string>(room).fill('room')]
  return (
    <div className={styles['budgetRow']} title={title}>
      <span>{name}</span>
      <span className={styles['slots']} aria-hidden="true">
        {slots.slice(0, MOST_SLOTS).map((kind, at) => (
          <i key={`${kind}-${String(at)}`} data-slot={kind} />
        ))}
        {slots.length > MOST_SLOTS && '…'}
      </span>
      <b>{figures}</b>
    </div>
  )
}

function Revisions({ rollout, namespace }: { readonly rollout: RolloutState; readonly namespace: string }): ReactNode {
  const { t } = useTranslation('inspector')
  return (
    <Section title={t('revisions')}>
      <ul className={styles['revisions']}>
        {rollout.revisions.map(({ replicaSet, images, replicas, available, isNew, revision }) => (
          <li key={replicaSet}>
            <i data-new={isNew && rollout.revisions.length > 1 ? '' : undefined} title={t(isNew ? 'newRevision' : 'oldRevision')} />
            <button type="button" onClick={() => select(`replicasets/${namespace}/${replicaSet}`)}>
              {replicaSet} <span>{images}</span>
            </button>
            <small title={t('revisionNumber', { revision })}>#{revision}</small>
            <b title={t('of', { some: available, all: replicas })}>{replicas}</b>
          </li>
        ))}
      </ul>
    </Section>
  )
}
