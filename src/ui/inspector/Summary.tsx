import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { conditionsOf, listAt, textAt } from '../kinds/access.ts'
import { Glyph } from '../kit/Glyph.tsx'
import type { Status } from '../kit/status.ts'
import { askWhy } from '../views/select.ts'
import { ClaimSummary } from './ClaimSummary.tsx'
import { DeploymentSummary } from './DeploymentSummary.tsx'
import styles from './inspector.module.css'
import { NodeSummary } from './NodeSummary.tsx'
import { PodSummary } from './PodSummary.tsx'
import { ReplicaSetSummary } from './ReplicaSetSummary.tsx'
import { ServiceSummary } from './ServiceSummary.tsx'
import { Fact, Section, type SummaryProps } from './SummaryParts.tsx'

/** What matters of an object, by its kind; then labels and conditions, which all kinds share. */
export function Summary(props: SummaryProps): ReactNode {
  return (
    <>
      <Own {...props} />
      <Conditions {...props} />
      <Labels {...props} />
    </>
  )
}

function Own(props: SummaryProps): ReactNode {
  switch (props.object.kind) {
    case 'Deployment':
      return <DeploymentSummary {...props} />
    case 'ReplicaSet':
      return <ReplicaSetSummary {...props} />
    case 'Pod':
      return <PodSummary {...props} />
    case 'Node':
      return <NodeSummary {...props} />
    case 'Service':
    case 'EndpointSlice':
    case 'Endpoints':
      return <ServiceSummary {...props} />
    case 'PersistentVolumeClaim':
      return <ClaimSummary {...props} />
    default:
      return <Plain {...props} />
  }
}

/** Kinds without a summary of their own: their plain top-level fields. */
function Plain({ object }: SummaryProps): ReactNode {
  const source = { ...object, ...(object['spec'] as object | undefined), ...(object['data'] as object | undefined) }
  const fields = Object.entries(source).filter(([name, value]) => !['apiVersion', 'kind'].includes(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'))
  return (
    <dl className={styles['facts']}>
      {fields.slice(0, 20).map(([name, value]) => (
        <Fact key={name} name={name}>
          {String(value).slice(0, 300)}
        </Fact>
      ))}
    </dl>
  )
}

/** Conditions for which False is the good state. */
const GOOD_WHEN_FALSE = /Pressure$|^NetworkUnavailable$|^ReplicaFailure$/

function conditionStatus(type: string, status: string): Status {
  if (status === 'Unknown') return 'unknown'
  return (status === 'True') !== GOOD_WHEN_FALSE.test(type) ? 'ok' : 'warn'
}

function Conditions({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const conditions = conditionsOf(object)
  if (conditions.length === 0) return null
  return (
    <Section title={t('conditions')}>
      <ul className={styles['conditions']}>
        {conditions.map(({ type, status, reason, message }, at) => (
          <li key={type}>
            <Glyph status={conditionStatus(type, status)} size={9} />
            <span>
              <b>{type}</b> {status}
              {reason !== undefined && reason !== '' && <span className={styles['reason']}> {reason}</span>}
              {message !== undefined && message !== '' && <small>{message}</small>}
            </span>
            <button type="button" className={styles['ask']} aria-label={t('whyOf', { field: type })} onClick={() => askWhy(objectKey, `status.conditions[${at}].status`)}>
              ?
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Labels({ object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const labels = Object.entries((object.metadata['labels'] ?? {}) as Readonly<Record<string, string>>)
  const taints = listAt(object, 'spec', 'taints')
  return (
    <>
      {taints.length > 0 && (
        <Section title={t('taints')}>
          <ul className={styles['labels']}>
            {taints.map((taint) => (
              <li key={textAt(taint, 'key') + textAt(taint, 'effect')}>{`${textAt(taint, 'key')}${textAt(taint, 'value') === '' ? '' : `=${textAt(taint, 'value')}`}:${textAt(taint, 'effect')}`}</li>
            ))}
          </ul>
        </Section>
      )}
      {labels.length > 0 && (
        <Section title={t('labels')}>
          <ul className={styles['labels']}>
            {labels.map(([name, value]) => (
              <li key={name}>{value === '' ? name : `${name}=${value}`}</li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
