import { useMemo, type CSSProperties, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeAnatomy } from '../../../workers/protocol.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { TableHead } from '../../kit/TableHead.tsx'
import { useMoment } from '../../store/hooks.ts'
import { lookInside } from '../select.ts'
import { bytesText, mebiText } from './bytes-text.ts'
import { CgroupPanel } from './CgroupPanel.tsx'
import { Folded } from './Folded.tsx'
import styles from './inside.module.css'

type PodInNode = NodeAnatomy['pods'][number]

/** A node as one kernel: its own namespaces, its pods in theirs, and the cgroup tree that shares it out. */
export function NodeInside({ name }: { readonly name: string }): ReactNode {
  const { t } = useTranslation('anatomy')
  const moment = useMoment()
  const query = useMemo(() => ({ type: 'nodeAnatomy' as const, name }), [name])
  const anatomy = useAnswer<'nodeAnatomy'>(query, moment)
  if (anatomy === undefined) return <div className={styles['columns']} />
  if (anatomy === null) return <EmptyState title={t('nothing')}>{t('nothingHint')}</EmptyState>
  const { kernel, namespaces, pods, images, processes } = anatomy
  return (
    <div className={styles['columns']}>
      <section className={styles['left']} tabIndex={0} aria-label={t('nodeOwn')}>
        <h3>{t('nodeOwn')}</h3>
        <dl className={styles['facts']}>
          <dt>{t('kernelName')}</dt>
          <dd>
            <code>{`Linux ${kernel.release}`}</code>
          </dd>
          <dt>{'cgroup'}</dt>
          <dd>
            <code>{kernel.cgroups}</code>
          </dd>
          <dt>{t('size')}</dt>
          <dd>{t('sizeText', { cpus: kernel.cpus, memory: mebiText(kernel.memory) })}</dd>
        </dl>
        <h3>{t('nodeNamespaces')}</h3>
        <ul className={styles['own']}>
          {namespaces.map(({ kind, inode }) => (
            <li key={kind}>
              <span>{kind}</span>
              <code>{inode}</code>
            </li>
          ))}
        </ul>
        <p className={styles['note']}>{t('oneKernelText', { release: kernel.release })}</p>
        <h3>{t('processesOf', { n: processes.length })}</h3>
        <HostProcesses processes={processes} />
        <h3>{t('images', { n: images.length })}</h3>
        <ul className={styles['own']}>
          {images.map(({ reference, bytes, usedBy }) => (
            <li key={reference}>
              <span title={reference}>{reference.replace(/^docker\.io\/(?:library\/)?/, '')}</span>
              <code>
                {bytesText(bytes)} · {t('uses', { n: usedBy })}
              </code>
            </li>
          ))}
        </ul>
      </section>
      <section className={styles['middle']} tabIndex={0} aria-label={t('podsOn', { node: name })}>
        <h3>
          {t('podsOn', { node: name })}
          <small>{t('ringText')}</small>
        </h3>
        {pods.length === 0 && <p className={styles['muted']}>{t('noPods')}</p>}
        <div className={styles['rings']}>
          {pods.map((pod) => (
            <PodRing key={pod.key} pod={pod} />
          ))}
        </div>
        <Legend />
      </section>
      <section className={styles['right']} tabIndex={0} aria-label={t('cgroups')}>
        <CgroupPanel cgroups={anatomy.cgroups} chosen="" fallback="" />
        <h3>{t('shares')}</h3>
        <Shares pods={pods} />
      </section>
    </div>
  )
}

const MOST_PROCESSES = 24

/** The node's process tree; what belongs to a pod leads there. */
function HostProcesses({ processes }: { readonly processes: NodeAnatomy['processes'] }): ReactNode {
  const { t } = useTranslation('anatomy')
  return (
    <Folded items={processes} most={MOST_PROCESSES} className={styles['more']}>
      {(shown) => (
        <table className={styles['ps']}>
          <TableHead columns={[t('onNode'), t('inside'), t('process')]} />
          <tbody>
            {shown.map(({ pid, inside, depth, command, pod }) => (
              <tr key={pid}>
                <td>{pid}</td>
                <td className={styles['in']}>{inside}</td>
                <td title={command}>
                  {pod === null ? (
                    <span style={{ paddingLeft: `${depth * 10}px` }}>{command}</span>
                  ) : (
                    <button type="button" style={{ paddingLeft: `${depth * 10}px` }} onClick={() => lookInside(pod)}>
                      {command}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Folded>
  )
}

const RINGS = [
  ['net', 'var(--ok)'],
  ['uts', 'var(--done)'],
  ['ipc', 'var(--busy)'],
  ['pid', 'var(--unknown)'],
] as const
const CENTRE = 48

/** A pod as rings round its containers: whole where the pod has a namespace of its own, dashed where it is the node's. */
function PodRing({ pod }: { readonly pod: PodInNode }): ReactNode {
  const { t } = useTranslation('anatomy')
  const [, namespace, name] = pod.key.split('/')
  const shown = RINGS.filter(([kind]) => kind !== 'pid' || pod.sharedPid || pod.host.includes('pid'))
  const running = pod.containers.filter(({ state }) => state === 'running')
  const spoken = [...shown.map(([kind]) => t(pod.host.includes(kind) ? 'ringHost' : 'ringOwn', { kind })), t('containersIn', { n: running.length })].join(', ')
  return (
    <button type="button" className={styles['ring']} data-guest={pod.guest === null ? undefined : ''} onClick={() => lookInside(pod.key)} aria-label={`${name}: ${spoken}`}>
      <svg viewBox="0 0 96 96" width="96" height="96" aria-hidden="true">
        {pod.guest !== null && <rect x="1.5" y="1.5" width="93" height="93" rx="10" className={styles['machine']} />}
        {shown.map(([kind, colour], at) => (
          <circle key={kind} cx={CENTRE} cy={CENTRE} r={44 - at * 4.5} fill="none" stroke={pod.host.includes(kind) ? 'var(--gone)' : colour} strokeWidth="2.2" strokeDasharray={pod.host.includes(kind) ? '3 4' : undefined} />
        ))}
        <circle cx={CENTRE} cy={CENTRE} r="5" className={styles['pause']} />
        {pod.containers.map(({ name: container, state }, at) => {
          const angle = (at / Math.max(1, pod.containers.length)) * 2 * Math.PI - Math.PI / 2
          return <circle key={container} cx={CENTRE + 17 * Math.cos(angle)} cy={CENTRE + 17 * Math.sin(angle)} r="7" className={styles['box']} data-state={state} />
        })}
      </svg>
      <b title={`${namespace}/${name}`}>{name}</b>
      <small>{pod.guest === null ? pod.qos : t(`guest.${pod.guest.kind}`, { release: pod.guest.release })}</small>
    </button>
  )
}

function Legend(): ReactNode {
  const { t } = useTranslation('anatomy')
  return (
    <ul className={styles['legend']}>
      {RINGS.map(([kind, colour]) => (
        <li key={kind} style={{ '--c': colour } as CSSProperties}>
          <i aria-hidden="true" />
          {kind}
        </li>
      ))}
      <li style={{ '--c': 'var(--gone)' } as CSSProperties}>
        <i aria-hidden="true" data-dashed="" />
        {t('ofNode')}
      </li>
      <li>{t('mntAlways')}</li>
    </ul>
  )
}

const MOST_SHARES = 12

/** Who would get how much of a processor that everybody wants: weights against each other. */
function Shares({ pods }: { readonly pods: readonly PodInNode[] }): ReactNode {
  const { t } = useTranslation('anatomy')
  const sorted = useMemo(() => [...pods].sort((a, b) => b.cpuWeight - a.cpuWeight), [pods])
  const most = Math.max(1, ...pods.map(({ cpuWeight }) => cpuWeight))
  return (
    <Folded items={sorted} most={MOST_SHARES} className={styles['more']}>
      {(shown) => (
        <table className={styles['shares']}>
          <TableHead columns={[t('pod'), 'cpu.weight', 'cpu', t('resource.memory')]} />
          <tbody>
            {shown.map(({ key, cpuWeight, cpu, memory }) => (
              <tr key={key}>
                <td>
                  <button type="button" onClick={() => lookInside(key)}>
                    {key.split('/')[2]}
                  </button>
                </td>
                <td>
                  <span className={styles['meter']} aria-hidden="true">
                    <u style={{ width: `${(cpuWeight / most) * 100}%` }} />
                  </span>
                  <code>{cpuWeight}</code>
                </td>
                <td>
                  <code>{Math.round(cpu)}m</code>
                </td>
                <td>
                  <code>{mebiText(memory)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Folded>
  )
}
