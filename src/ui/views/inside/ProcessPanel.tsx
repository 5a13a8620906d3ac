import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PodAnatomy, ProcessView } from '../../../workers/protocol.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import styles from './inside.module.css'

interface Props {
  readonly anatomy: PodAnatomy
  readonly chosen: string | null
  onChoose(container: string | null): void
}

/** The pod's processes with both of their numbers, and what the kernel knows of the chosen one. */
export function ProcessPanel({ anatomy, chosen, onChoose }: Props): ReactNode {
  const { t } = useTranslation('anatomy')
  const [pid, setPid] = useState<number | null>(null)
  const { processes, kernel } = anatomy
  const shown = processes.find((process) => process.hostPid === pid) ?? processes.find(({ container }) => container === chosen)
  const two = processes.find((process) => process.pid !== null && process.container !== 'pause')
  return (
    <>
      <h3>{t('processes', { node: anatomy.node })}</h3>
      {processes.length === 0 && <p className={styles['muted']}>{t('noProcesses')}</p>}
      <table className={styles['ps']}>
        <TableHead columns={[t('onNode'), t('inside'), t('process')]} />
        <tbody>
          {processes.map((process) => (
            <tr key={process.hostPid} data-chosen={process === shown ? '' : undefined}>
              <td>{process.hostPid}</td>
              <td className={styles['in']}>{process.pid ?? '–'}</td>
              <td>
                <button
                  type="button"
                  aria-pressed={process === shown}
                  title={process.command}
                  onClick={() => {
                    setPid(process.hostPid)
                    onChoose(process.container)
                  }}
                >
                  <span aria-hidden="true">{branch(processes, process)}</span>
                  {process.command}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown !== undefined && <Details process={shown} />}
      {two !== undefined && (
        <p className={styles['note']}>
          <b>{t('twoNumbers')}</b> {t('twoNumbersText', { command: two.command.split(' ')[0]?.replace(/:$/, ''), host: two.hostPid, pid: two.pid })}
        </p>
      )}
      {two === undefined && processes.length > 0 && <p className={styles['note']}>{t('hostPidText')}</p>}
      <p className={styles['note']}>
        <b>{t('oneClock')}</b> {t('oneClockText')}
      </p>
      <p className={styles['note']}>
        {kernel.guest === null ? t('oneKernelText', { release: kernel.release }) : t(`guestText.${kernel.guest.kind}`, { guest: kernel.guest.release, release: kernel.release, handler: kernel.guest.handler, name: kernel.guest.runtimeClass })}
      </p>
    </>
  )
}

/** "│ └ " for a process below another. */
function branch(processes: readonly ProcessView[], { depth, hostPid }: ProcessView): string {
  if (depth === 0) return ''
  const at = processes.findIndex((process) => process.hostPid === hostPid)
  const after = processes.slice(at + 1).findIndex((process) => process.depth <= depth)
  const isLast = after < 0 || processes[at + 1 + after]!.depth < depth
  return `${'  '.repeat(depth - 1)}${isLast ? '└ ' : '├ '}`
}

const MOST_NAMES = 16

function Details({ process }: { readonly process: ProcessView }): ReactNode {
  const { t } = useTranslation('anatomy')
  const { user, uid, gid, groups, state, oomScore, capabilities, allCapabilities, listens, seccomp, noNewPrivileges } = process
  return (
    <dl className={styles['facts']} data-testid="process">
      <dt>{t('user')}</dt>
      <dd>
        <code>
          {user === String(uid) ? uid : `${user} (${uid})`} : {gid}
          {groups.some((group) => group !== gid) && ` + ${groups.filter((group) => group !== gid).join(', ')}`}
        </code>
      </dd>
      <dt>{t('state')}</dt>
      <dd>
        <code>{state}</code> {t(`states.${state}`)}
      </dd>
      <dt>{t('capabilities')}</dt>
      <dd>{allCapabilities ? t('allCapabilities') : capabilities.length === 0 ? t('noCapabilities') : <code className={styles['caps']}>{capabilities.slice(0, MOST_NAMES).join(' ')}{capabilities.length > MOST_NAMES && ' …'}</code>}</dd>
      <dt>{'oom_score_adj'}</dt>
      <dd>
        <code>{oomScore}</code>
      </dd>
      {listens.length > 0 && (
        <>
          <dt>{t('listens')}</dt>
          <dd>
            <code>{listens.join(', ')}</code>
          </dd>
        </>
      )}
      <dt>{'seccomp'}</dt>
      <dd>
        {t(seccomp ? 'filtered' : 'unfiltered')}
        {noNewPrivileges && `, ${t('noNewPrivileges')}`}
      </dd>
    </dl>
  )
}
