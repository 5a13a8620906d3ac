import type { CSSProperties, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { NamespaceBand, PodAnatomy } from '../../../workers/protocol.ts'
import { join } from '../../kit/join.ts'
import styles from './inside.module.css'

interface Props {
  readonly anatomy: PodAnatomy
  readonly chosen: string | null
  onChoose(container: string): void
}

const SHARED: Readonly<Record<string, string>> = { net: 'var(--ok)', uts: 'var(--done)', ipc: 'var(--busy)', pid: 'var(--unknown)' }

const colourOf = ({ kind, scope }: NamespaceBand): string => (scope === 'node' ? 'var(--gone)' : scope === 'pod' ? (SHARED[kind] ?? 'var(--done)') : 'var(--brass)')

/** Columns that lie side by side: one band each. */
function runs(columns: readonly number[]): readonly (readonly [from: number, to: number])[] {
  const found: [number, number][] = []
  for (const column of columns) {
    const last = found.at(-1)
    if (last !== undefined && last[1] === column - 1) last[1] = column
    else found.push([column, column])
  }
  return found
}

/** Namespaces as bands over node, pause process and containers: a band that spans is shared. */
export function NamespaceBands({ anatomy, chosen, onChoose }: Props): ReactNode {
  const { t } = useTranslation('anatomy')
  const { columns, bands, kernel, ip, hostname } = anatomy
  const kinds = [...new Set(bands.map(({ kind }) => kind))]
  const words = ({ kind, scope, columns: held }: NamespaceBand): string => (scope === 'own' ? t('own') : scope === 'node' ? (held.length > 1 ? t(`nodeShared.${kind}`, { defaultValue: t('ofNode') }) : '') : t(`podShared.${kind}`, { ip, hostname, defaultValue: t('shared') }))
  return (
    <>
      <h3>
        {t('namespaces')}
        <small>{t('spans')}</small>
      </h3>
      {bands.length === 0 && <p className={styles['muted']}>{t('noSandbox')}</p>}
      <div className={styles['bandsBox']}>
        <div className={styles['bands']} style={{ '--columns': columns.length, '--rows': kinds.length } as CSSProperties}>
          {columns.map(({ name, detail, kind }, column) => (
            <div key={`${kind} ${name}`} className={join(styles['lane'], kind === 'node' && styles['ofNode'], name === chosen && kind === 'container' && styles['chosen'])} style={{ gridColumn: column + 2, gridRow: '1 / -1' }}>
              {kind === 'container' ? (
                <button type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
                  <b>{name}</b>
                  <small>{detail}</small>
                </button>
              ) : (
                <div>
                  <b>{name}</b>
                  <small>{kind === 'node' ? t('kernel', { release: detail }) : t('holds')}</small>
                </div>
              )}
            </div>
          ))}
          {kernel.guest !== null && bands.length > 0 && (
            <div className={styles['guest']} style={{ gridColumn: `3 / ${columns.length + 2}`, gridRow: '1 / -1' }}>
              <span>{t(`guest.${kernel.guest.kind}`, { release: kernel.guest.release })}</span>
            </div>
          )}
          {kinds.map((kind, row) => (
            <span key={kind} className={styles['bandName']} style={{ gridColumn: 1, gridRow: row + 2 }}>
              {kind}
            </span>
          ))}
          {bands.flatMap((band) =>
            runs(band.columns).map(([from, to]) => (
              <div
                key={`${band.kind} ${band.inode} ${from}`}
                className={styles['band']}
                data-scope={band.scope}
                title={t(`kinds.${band.kind}`)}
                style={{ '--c': colourOf(band), gridColumn: `${from + 2} / ${to + 3}`, gridRow: kinds.indexOf(band.kind) + 2 } as CSSProperties}
              >
                <i aria-hidden="true" />
                <span>{band.inode}</span>
                <em>{words(band)}</em>
                <span className="visually-hidden">{t('heldBy', { kind: band.kind, who: band.columns.map((column) => columns[column]?.name).join(', ') })}</span>
              </div>
            )),
          )}
        </div>
      </div>
    </>
  )
}
