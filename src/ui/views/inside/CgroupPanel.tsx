import { Fragment, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CgroupView, Figure } from '../../../workers/protocol.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import { useUi } from '../../store/hooks.ts'
import styles from './inside.module.css'
import { Said } from './Said.tsx'

interface Props {
  readonly cgroups: readonly CgroupView[]
  /** The container (or pod) whose directory is shown, unless another one was pressed. */
  readonly chosen: string
  readonly fallback: string
  onChoose?(container: string | null): void
  readonly children?: ReactNode
}

/** The cgroup tree, the numbers of the chosen directory, and for the chosen number why it is so. */
export function CgroupPanel({ cgroups, chosen, fallback, onChoose, children }: Props): ReactNode {
  const { t } = useTranslation('anatomy')
  const [path, setPath] = useState<string | null>(null)
  const [file, setFile] = useState<string | null>(null)
  const pressed = cgroups.find((view) => view.path === path)
  const shown = pressed !== undefined && !(pressed.kind === 'container' && pressed.of !== chosen && chosen !== '') ? pressed : (cgroups.find(({ of, figures }) => of === chosen && figures.length > 0) ?? cgroups.find(({ of }) => of === fallback) ?? cgroups.at(-1))
  const figure = file === null ? shown?.figures[0] : shown?.figures.find((one) => one.file === file)
  const counted = (shown?.figures ?? []).filter(({ from }) => from.id === 'from.counted')
  const set = (shown?.figures ?? []).filter(({ from }) => from.id !== 'from.counted')
  return (
    <>
      <h3>{shown === undefined ? t('cgroups') : t('cgroupOf', { what: shown.of || shown.label })}</h3>
      <ul className={styles['tree']}>
        {cgroups.map((view) => (
          <li key={view.path} style={{ paddingLeft: `${view.depth * 14}px` }}>
            <button
              type="button"
              aria-pressed={view === shown}
              title={view.path}
              onClick={() => {
                setPath(view.path)
                if (view.kind === 'container' || view.kind === 'pause') onChoose?.(view.of)
              }}
            >
              {view.depth > 0 && <span aria-hidden="true">└ </span>}
              {labelOf(view)}
            </button>
          </li>
        ))}
      </ul>
      {set.length > 0 && <Figures figures={set} open={figure} onOpen={setFile} />}
      {shown !== undefined && shown.figures.length === 0 && <p className={styles['muted']}>{t('rootCgroup')}</p>}
      {children !== undefined && shown?.kind === 'container' && (
        <>
          <h3>{t('now')}</h3>
          {children}
        </>
      )}
      {counted.length > 0 && <Figures figures={counted} open={figure} onOpen={setFile} />}
    </>
  )
}

interface FiguresProps {
  readonly figures: readonly Figure[]
  readonly open: Figure | undefined
  onOpen(file: string): void
}

/** Numbers with where they come from; the open one says why it is so. */
function Figures({ figures, open, onOpen }: FiguresProps): ReactNode {
  const { t } = useTranslation('anatomy')
  const v1 = useUi((state) => state.insideV1)
  return (
    <table className={styles['figures']}>
      <TableHead className="visually-hidden" columns={[t('file'), t('value'), t('comesFrom')]} />
      <tbody>
        {figures.map((one) => (
          <Fragment key={one.file}>
            <tr data-chosen={one === open ? '' : undefined}>
              <td>
                <code>{one.file}</code>
                {v1 && one.v1 !== undefined && <code className={styles['v1']}>{one.v1.file}</code>}
              </td>
              <td>
                <button type="button" aria-expanded={one === open} aria-label={t('whyNumber', { file: one.file, value: one.value })} onClick={() => onOpen(one === open ? '' : one.file)}>
                  {one.value}
                </button>
                {v1 && one.v1 !== undefined && <code className={styles['v1']}>{one.v1.value}</code>}
              </td>
              <td>{one.from.id !== 'from.counted' && <Said text={one.from} />}</td>
            </tr>
            {one === open && (
              <tr>
                <td colSpan={3}>
                  <Why figure={one} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

/** A slice or scope is named after an id that says nothing: whose it is says more. */
function labelOf({ label, kind, of }: CgroupView): ReactNode {
  if (kind !== 'pod' && kind !== 'container' && kind !== 'pause') return label
  return (
    <>
      {kind === 'pod' ? label.replace(/pod([0-9a-f]{4})[\w-]*/, 'pod$1…') : label.replace(/([0-9a-f]{6})[0-9a-f]{50,}/, '$1…')} <b>{kind === 'pod' ? of.slice(of.indexOf('/') + 1) : of}</b>
    </>
  )
}

function Why({ figure }: { readonly figure: Figure }): ReactNode {
  const { t } = useTranslation('anatomy')
  return (
    <div className={styles['why']} role="note" data-testid="why-number">
      <h4>{t('whyNumber', { file: figure.file, value: figure.value })}</h4>
      {figure.lines.length > 0 && <pre>{figure.lines.join('\n')}</pre>}
      <p>
        <Said text={figure.why} />
      </p>
    </div>
  )
}
