import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ContainerView } from '../../../workers/protocol.ts'
import { Segmented } from '../../kit/Segmented.tsx'
import { join } from '../../kit/join.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import { bytesText } from './bytes-text.ts'
import styles from './inside.module.css'

/** What a container sees at /: its writable layer over the image's layers, and what is mounted into it. */
export function RootFs({ container }: { readonly container: ContainerView }): ReactNode {
  const { t } = useTranslation('anatomy')
  const [part, setPart] = useState<'layers' | 'mounts'>('layers')
  return (
    <>
      <h3 className={styles['fsHead']}>
        {t('rootFs', { container: container.name })}
        <Segmented label={t('rootFs', { container: container.name })} value={part} options={[{ id: 'layers', label: t('layers') }, { id: 'mounts', label: t('mounts', { n: container.mounts.length }) }]} onChange={(id) => setPart(id as 'layers' | 'mounts')} />
      </h3>
      {part === 'layers' ? <Layers container={container} /> : <Mounts container={container} />}
    </>
  )
}

const MOST_CHANGES = 6
const MOST_SHARED = 3

function Layers({ container }: { readonly container: ContainerView }): ReactNode {
  const { t } = useTranslation('anatomy')
  const [all, setAll] = useState(false)
  const { changes, moreChanges, config, layers, state } = container
  const shown = all ? changes : changes.slice(0, MOST_CHANGES)
  return (
    <div className={styles['layers']}>
      {state !== 'none' && (
        <div className={join(styles['layer'], styles['upper'])}>
          <b>{t('upper')}</b>
          <code>
            {changes.length === 0 && t('unchanged')}
            {shown.map(({ path, kind }) => (
              <span key={path} data-change={kind} title={t(`change.${kind}`)}>
                {`${kind} ${path}`}
              </span>
            ))}
            {(changes.length > MOST_CHANGES || moreChanges > 0) && (
              <button type="button" onClick={() => setAll(!all)}>
                {all ? (moreChanges > 0 ? t('moreChanges', { n: moreChanges }) : t('fewer')) : t('moreChanges', { n: changes.length - MOST_CHANGES + moreChanges })}
              </button>
            )}
          </code>
          <span>{t('goneWith')}</span>
        </div>
      )}
      {config.length > 0 && (
        <div className={styles['layer']}>
          <span>{t('config')}</span>
          <code>
            {config.map(([instruction, value]) => (
              <span key={instruction + value}>
                <b>{instruction}</b> {value}
              </span>
            ))}
          </code>
          <span>{t('configOnly')}</span>
        </div>
      )}
      {layers.map(({ digest, bytes, sharedWith }, at) => (
        <div key={digest} className={styles['layer']}>
          <span>{t('layer', { n: at + 1 })}</span>
          <code title={digest}>{digest.slice(0, 19)}</code>
          <span title={sharedWith.join('\n')}>
            {bytesText(bytes)}
            {sharedWith.length > 0 && ` · ${t('sharedWith', { who: sharedWith.slice(0, MOST_SHARED).join(', ') + (sharedWith.length > MOST_SHARED ? ` +${sharedWith.length - MOST_SHARED}` : '') })}`}
          </span>
        </div>
      )).reverse()}
    </div>
  )
}

function Mounts({ container }: { readonly container: ContainerView }): ReactNode {
  const { t } = useTranslation('anatomy')
  const order = { volume: 0, pod: 1, kernel: 2 } as const
  const mounts = [...container.mounts].sort((a, b) => order[a.kind] - order[b.kind])
  return (
    <table className={styles['mounts']}>
      <TableHead columns={[t('mountAt'), t('mountType'), t('mountFrom')]} />
      <tbody>
        {mounts.map(({ at, type, source, readOnly, volume, kind }) => (
          <tr key={at + type} data-kind={kind}>
            <td>
              <code>{at}</code>
              {readOnly && <small>{' ro'}</small>}
            </td>
            <td>
              <code>{type}</code>
            </td>
            <td>{volume === null ? t(kind === 'pod' ? 'fromKubelet' : 'fromKernel', { source }) : t('fromVolume', { volume, source })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
