import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import { Icon } from './Icon.tsx'
import { join } from './join.ts'
import styles from './Tabs.module.css'

export interface Tab {
  readonly id: string
  readonly label: ReactNode
  /** Its name where the label is not plain text, or says too little. */
  readonly name?: string
  /** A small number or mark after the label. */
  readonly badge?: ReactNode
  /** Words for the close button; absent: cannot be closed. Delete closes too. */
  readonly closeLabel?: string
}

export interface TabsProps {
  /** Prefix of the DOM ids, so that `tabPanel(prefix, id)` can point back. */
  readonly prefix: string
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly active: string
  onSelect(id: string): void
  onClose?(id: string): void
  /** What stands after the tabs, e.g. a + button. */
  readonly children?: ReactNode
  readonly code?: boolean
}

/** The attributes of the element that a tab shows. */
export function tabPanel(prefix: string, id: string): { id: string; role: 'tabpanel'; 'aria-labelledby': string } {
  return { id: `${prefix}-panel-${id}`, role: 'tabpanel', 'aria-labelledby': `${prefix}-tab-${id}` }
}

/** A row of tabs with one stop in the tab order: arrows, Home and End move. */
export function Tabs({ prefix, label, tabs, active, onSelect, onClose, children, code }: TabsProps): ReactNode {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === active)
    const last = tabs.length - 1
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key]
    if (event.key === 'Delete' && tabs[at]?.closeLabel !== undefined) onClose?.(active)
    const next = to === undefined ? undefined : tabs[to]
    if (next === undefined) return
    event.preventDefault()
    onSelect(next.id)
    list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${prefix}-tab-${next.id}`)}`)?.focus()
  }
  return (
    <div className={styles['bar']} ref={list}>
      <div role="tablist" aria-label={label} className={styles['list']}>
        {tabs.map((tab) => (
          <TabItem key={tab.id} prefix={prefix} tab={tab} on={tab.id === active} code={code === true} move={move} onSelect={onSelect} onClose={onClose} />
        ))}
      </div>
      {children}
    </div>
  )
}

interface TabItemProps {
  readonly prefix: string
  readonly tab: Tab
  readonly on: boolean
  readonly code: boolean
  move(event: KeyboardEvent): void
  onSelect(id: string): void
  readonly onClose: ((id: string) => void) | undefined
}

function TabItem({ prefix, tab, on, code, move, onSelect, onClose }: TabItemProps): ReactNode {
  return (
    <div role="presentation" className={join(styles['tab'], on && styles['on'], code && styles['code'])}>
      <button
        type="button"
        role="tab"
        id={`${prefix}-tab-${tab.id}`}
        aria-selected={on}
        aria-controls={on ? `${prefix}-panel-${tab.id}` : undefined}
        aria-label={tab.name}
        aria-keyshortcuts={tab.closeLabel === undefined ? undefined : 'Delete'}
        tabIndex={on ? 0 : -1}
        onClick={() => onSelect(tab.id)}
        onKeyDown={move}
      >
        {tab.label}
        {tab.badge !== undefined && <span className={styles['badge']}>{tab.badge}</span>}
      </button>
      {tab.closeLabel !== undefined && on && (
        // For the mouse; by keyboard it is Delete on the tab, which says so itself.
        <button type="button" aria-hidden="true" tabIndex={-1} className={styles['close']} title={tab.closeLabel} onClick={() => onClose?.(tab.id)}>
          <Icon name="close" size={10} />
        </button>
      )}
    </div>
  )
}
