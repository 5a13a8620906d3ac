import { useMemo, type ReactNode } from 'react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../workers/protocol.ts'
import { at, conditionOf, listAt, numberAt, textAt } from '../kinds/access.ts'
import { Glyph } from '../kit/Glyph.tsx'
import type { Status } from '../kit/status.ts'
import { useMoment } from '../store/hooks.ts'
import { Remedies } from '../views/Remedies.tsx'
import { askWhy, select, showDecision } from '../views/select.ts'
import { LoadSection } from './LoadSection.tsx'
import { Fact, LookInside, Section, type SummaryProps } from './SummaryParts.tsx'
import styles from './inspector.module.css'
import { useAnswer } from './use-answer.ts'

/** A pod: where it runs, its containers with state and probes. */
export function PodSummary({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const node = textAt(object, 'spec', 'nodeName')
  const unscheduled = conditionOf(object, 'PodScheduled')
  return (
    <>
      <LookInside objectKey={objectKey} />
      <dl className={styles['facts']}>
        <Fact name={t('phase')}>
          {textAt(object, 'status', 'phase') || '–'}
          <Ask field="status.phase" objectKey={objectKey} />
        </Fact>
        <Fact name={t('node')}>
          {node === '' ? (
            '–'
          ) : (
            <button type="button" className={styles['link']} onClick={() => select(`nodes/${node}`)}>
              {node}
            </button>
          )}
          <button
            type="button"
            className={styles['link']}
            onClick={() => showDecision(objectKey)}
          >
            {t('decision')}
          </button>
        </Fact>
        <Fact name={t('address')}>
          <code>{textAt(object, 'status', 'podIP') || '–'}</code>
        </Fact>
        <Fact name={t('qos')}>{textAt(object, 'status', 'qosClass') || '–'}</Fact>
        <Fact name={t('restartPolicy')}>{textAt(object, 'spec', 'restartPolicy') || 'Always'}</Fact>
      </dl>
      {unscheduled?.status === 'False' && <Waiting objectKey={objectKey} message={unscheduled.message ?? ''} />}
      <Containers pod={object} list="initContainers" statuses="initContainerStatuses" title={t('initContainers')} />
      <Containers pod={object} list="containers" statuses="containerStatuses" title={t('containers')} />
      <LoadSection objectKey={objectKey} object={object} />
    </>
  )
}

/** Why no node takes the pod, and what would help. */
function Waiting({ objectKey, message }: { readonly objectKey: string; readonly message: string }): ReactNode {
  const query = useMemo(() => ({ type: 'attempt' as const, pod: objectKey.slice('pods/'.length) }), [objectKey])
  const moment = useMoment()
  const attempt = useAnswer<'attempt'>(query, moment)
  return (
    <>
      <p className={styles['trouble']}>{message}</p>
      <Remedies remedies={attempt?.remedies ?? []} />
    </>
  )
}

export function Ask({ field, objectKey }: { readonly field: string; readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('inspector')
  return (
    <button type="button" className={styles['ask']} aria-label={t('whyOf', { field })} title={t('whyOf', { field })} onClick={() => askWhy(objectKey, field)}>
      ?
    </button>
  )
}

interface ContainersProps {
  readonly pod: ApiObject
  readonly list: 'containers' | 'initContainers'
  readonly statuses: 'containerStatuses' | 'initContainerStatuses'
  readonly title: string
}

function Containers({ pod, list, statuses, title }: ContainersProps): ReactNode {
  const { t } = useTranslation('inspector')
  const containers = listAt(pod, 'spec', list)
  if (containers.length === 0) return null
  const known = listAt(pod, 'status', statuses)
  return (
    <Section title={title}>
      <ul className={styles['containers']}>
        {containers.map((container) => {
          const name = textAt(container, 'name')
          const status = known.find((candidate) => textAt(candidate, 'name') === name)
          const [look, words, detail] = containerState(status, t)
          const restarts = numberAt(status, 'restartCount')
          return (
            <li key={name}>
              <Glyph status={look} size={9} />
              <div>
                <b>{name}</b> <code>{textAt(container, 'image')}</code>
                <p>
                  {words}
                  {restarts > 0 && ` · ${t('restarts', { count: restarts })}`}
                </p>
                {detail !== '' && <p className={styles['trouble']}>{detail}</p>}
                {['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) =>
                  at(container, probe) === undefined ? null : (
                    <p key={probe}>
                      {t(`probe.${probe}`)}: <code>{probeText(at(container, probe))}</code> {t('probe.every', { seconds: numberAt(at(container, probe), 'periodSeconds') || 10 })}
                    </p>
                  ),
                )}
                <Requests container={container} />
              </div>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function Requests({ container }: { readonly container: unknown }): ReactNode {
  const { t } = useTranslation('inspector')
  const text = (kind: string): string =>
    Object.entries((at(container, 'resources', kind) ?? {}) as Readonly<Record<string, string>>)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  const [requests, limits] = [text('requests'), text('limits')]
  return (
    <>
      {requests !== '' && <p>{t('requests', { what: requests })}</p>}
      {limits !== '' && <p>{t('limits', { what: limits })}</p>}
    </>
  )
}

/** State and reason in Kubernetes' own words, with what they mean for readiness, and the message. */
function containerState(status: unknown, t: TFunction<'inspector'>): readonly [Status, string, string] {
  if (at(status, 'state', 'running') !== undefined) {
    const ready = at(status, 'ready') === true
    return [ready ? 'ok' : 'busy', t(ready ? 'container.ready' : 'container.notReady'), '']
  }
  const waiting = at(status, 'state', 'waiting')
  if (waiting !== undefined) {
    const reason = textAt(waiting, 'reason')
    return [/Err|BackOff|Error/.test(reason) ? 'bad' : 'busy', reason, textAt(waiting, 'message')]
  }
  const ended = at(status, 'state', 'terminated')
  if (ended !== undefined) {
    const code = numberAt(ended, 'exitCode')
    return [code === 0 ? 'done' : 'bad', t('container.ended', { reason: textAt(ended, 'reason') || 'Terminated', code }), textAt(ended, 'message')]
  }
  return ['idle', 'Waiting', '']
}

function probeText(probe: unknown): string {
  const http = at(probe, 'httpGet')
  const tcp = at(probe, 'tcpSocket')
  const grpc = at(probe, 'grpc')
  if (http !== undefined) return `GET :${textAt(http, 'port')}${textAt(http, 'path') || '/'}`
  if (tcp !== undefined) return `tcp :${textAt(tcp, 'port')}`
  if (grpc !== undefined) return `grpc :${textAt(grpc, 'port')}`
  return `exec ${listAt(probe, 'exec', 'command').join(' ')}`
}
