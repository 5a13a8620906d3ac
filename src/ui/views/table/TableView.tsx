import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../../workers/protocol.ts'
import { listAt, numberAt, textAt } from '../../kinds/access.ts'
import { faceOf, severity } from '../../kinds/face.ts'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { Glyph } from '../../kit/Glyph.tsx'
import { join } from '../../kit/join.ts'
import { VirtualList } from '../../kit/VirtualList.tsx'
import { mirror, useMirror, useUi } from '../../store/hooks.ts'
import { updateUi } from '../../store/ui-state.ts'
import { FaceWord } from '../cluster/FaceWord.tsx'
import { select } from '../select.ts'
import styles from './table.module.css'

const ROW_PX = 30
/** Kinds in the order in which one looks for them; the rest follows by name. */
const FIRST = ['Deployment', 'ReplicaSet', 'Pod', 'Service', 'EndpointSlice', 'Node', 'ConfigMap', 'Secret', 'Namespace']

interface Row {
  readonly key: string
  readonly object: ApiObject
}

/** Every object of the cluster as a list: the same as the map, for those who read rather than look. */
export function TableView(): ReactNode {
  const { t } = useTranslation(['table', 'kinds'])
  const filter = useUi((state) => state.filter)
  const selected = useUi((state) => state.selected)
  const version = useMirror((state) => state.version)
  const kinds = useMemo(() => { void version; return mirror.getState().indexes.names('kind').filter((kind) => kind !== 'Event').sort(byKind) }, [version])
  const rows = useMemo(() => { void version; return tableRows(filter) }, [filter, version])
  return (
    <section className={styles['table']} aria-label={t('objects')}>
      <div className={styles['kinds']} role="group" aria-label={t('kinds')}>
        <KindButton kind="" label={t('all')} on={!kinds.some((kind) => filter.toLowerCase().startsWith(`${kind.toLowerCase()} `) || filter.toLowerCase() === kind.toLowerCase())} />
        {kinds.map((kind) => (
          <KindButton key={kind} kind={kind} label={kind} on={filter.toLowerCase() === kind.toLowerCase() || filter.toLowerCase().startsWith(`${kind.toLowerCase()} `)} />
        ))}
      </div>
      <div className={styles['head']} aria-hidden="true">
        <span>{t('kind')}</span>
        <span>{t('namespace')}</span>
        <span>{t('name')}</span>
        <span>{t('state')}</span>
        <span>{t('detail')}</span>
      </div>
      {rows.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneHint')}</EmptyState>
      ) : (
        <VirtualList
          className={styles['rows'] ?? ''}
          label={t('objects')}
          count={rows.length}
          rowPx={ROW_PX}
          keyOf={(at) => rows[at]?.key ?? at}
          row={(at) => {
            const row = rows[at]
            return row === undefined ? null : <TableRow row={row} selected={row.key === selected} />
          }}
        />
      )}
      <p className={styles['foot']}>{t('count', { count: rows.length })}</p>
    </section>
  )
}

function KindButton({ kind, label, on }: { readonly kind: string; readonly label: string; readonly on: boolean }): ReactNode {
  return (
    <button type="button" aria-pressed={on} className={on ? styles['on'] : undefined} onClick={() => updateUi((draft) => void (draft.filter = kind === '' ? '' : `${kind} `))}>
      {label}
    </button>
  )
}

function TableRow({ row: { key, object }, selected }: { readonly row: Row; readonly selected: boolean }): ReactNode {
  const face = faceOf(object)
  return (
    <button type="button" className={join(styles['row'], selected && styles['selected'])} aria-pressed={selected} onClick={() => select(key)}>
      <span>{object.kind}</span>
      <span>{object.metadata.namespace ?? ''}</span>
      <code>{object.metadata.name}</code>
      <span className={styles['state']}>
        <Glyph status={face.status} size={9} />
        <FaceWord face={face} />
      </span>
      <span className={styles['detail']}>{detailOf(object)}</span>
    </button>
  )
}

/** The one figure that kubectl would show first. */
function detailOf(object: ApiObject): string {
  switch (object.kind) {
    case 'Pod':
      return textAt(object, 'spec', 'nodeName')
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return `${numberAt(object, 'status', 'readyReplicas')}/${textAt(object, 'spec', 'replicas') || '1'}`
    case 'DaemonSet':
      return `${numberAt(object, 'status', 'numberReady')}/${numberAt(object, 'status', 'desiredNumberScheduled')}`
    case 'Service':
      return textAt(object, 'spec', 'clusterIP')
    case 'EndpointSlice':
      return listAt(object, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses')).join(', ')
    case 'Node':
      return textAt(object, 'spec', 'podCIDR')
    case 'Event':
      return textAt(object, 'message')
    default:
      return ''
  }
}

const rank = (kind: string): number => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length)
const byKind = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)

/** Objects whose kind, namespace, name or state has every word of the filter; failing ones first within a kind. */
function tableRows(filter: string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const { records } = mirror.getState()
  const rows: Row[] = []
  for (const [key, object] of records) {
    if (object.kind === 'Event' && !words.includes('event')) continue
    const text = `${object.kind} ${object.metadata.namespace ?? ''} ${object.metadata.name}`.toLowerCase()
    const [first, ...rest] = words
    const kindMatches = first === object.kind.toLowerCase()
    const ok = first === undefined || (isKind(first) ? kindMatches && rest.every((word) => text.includes(word)) : words.every((word) => text.includes(word) || faceOf(object).word.toLowerCase().includes(word)))
    if (ok) rows.push({ key, object })
  }
  return rows.sort((a, b) => byKind(a.object.kind, b.object.kind) || severity(faceOf(a.object).status) - severity(faceOf(b.object).status) || (a.key < b.key ? -1 : 1))
}

const isKind = (word: string): boolean => mirror.getState().indexes.names('kind').some((kind) => kind.toLowerCase() === word)
