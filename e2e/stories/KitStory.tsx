import { useState, type ReactNode } from 'react'
import { Button } from '../../src/ui/kit/Button.tsx'
import { Dialog } from '../../src/ui/kit/Dialog.tsx'
import { EmptyState } from '../../src/ui/kit/EmptyState.tsx'
import { Icon, Logo, type IconName } from '../../src/ui/kit/Icon.tsx'
import { IconButton } from '../../src/ui/kit/IconButton.tsx'
import { MenuButton } from '../../src/ui/kit/Menu.tsx'
import { Pill, StatusBadge } from '../../src/ui/kit/Pill.tsx'
import { Segmented } from '../../src/ui/kit/Segmented.tsx'
import { Slider } from '../../src/ui/kit/Slider.tsx'
import { Splitter } from '../../src/ui/kit/Splitter.tsx'
import { STATUS_COLOUR, type Status } from '../../src/ui/kit/status.ts'
import { Tabs, tabPanel } from '../../src/ui/kit/Tabs.tsx'
import { toast } from '../../src/ui/kit/toasts.ts'
import { Toasts } from '../../src/ui/kit/Toasts.tsx'
import { VirtualList } from '../../src/ui/kit/VirtualList.tsx'
import { setTheme, useTheme } from '../../src/ui/theme/theme.ts'

const ICONS: readonly IconName[] = 'play pause toStart toEnd stepBack stepForward close plus minus check search chevronDown chevronRight menu more share download upload file undo redo sun moon help flag history terminal fit filter branch link'.split(' ') as IconName[]
const row = { display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' } as const

/** Every part of the kit on one page. */
export function KitStory(): ReactNode {
  const { theme } = useTheme()
  const [tab, setTab] = useState('summary')
  const [view, setView] = useState('cluster')
  const [speed, setSpeed] = useState(1)
  const [open, setOpen] = useState(false)
  const [size, setSize] = useState(240)
  const speedWord = (value: number): string => (value === Infinity ? 'max' : `${value}×`)
  return (
    <main style={{ display: 'grid', gap: 18, padding: 24, alignContent: 'start', height: '100%', overflow: 'auto' }}>
      <h1 style={row}>
        <Logo /> Kit
      </h1>
      <div style={row}>
        <Button>Plain</Button>
        <Button variant="primary" keys="Mod+Enter">
          Apply
        </Button>
        <Button variant="ghost" keys="/">
          Search
        </Button>
        <Button variant="danger">Delete</Button>
        <Button busy>Busy</Button>
        <Button disabled>Disabled</Button>
        <IconButton icon="toStart" label="To the start" keys="Home" round variant="plain" />
        <IconButton icon={theme === 'dark' ? 'sun' : 'moon'} label="Theme" onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')} />
        <MenuButton
          label="Node"
          items={[
            { id: 'a', label: 'Cordon', hint: 'No new pods come here', onChoose: () => toast({ status: 'ok', text: 'node-1 cordoned' }) },
            { id: 'b', label: 'Crash', keys: 'C', danger: true, divided: true, onChoose: () => toast({ status: 'bad', text: 'node-1 crashed', action: { label: 'Restart', run: () => undefined } }) },
            { id: 'c', label: 'Drain', disabled: true, onChoose: () => undefined },
          ]}
        >
          node-1
        </MenuButton>
        <Button onClick={() => setOpen(true)}>Dialog</Button>
      </div>
      <div style={row}>
        {(Object.keys(STATUS_COLOUR) as Status[]).map((status) => (
          <StatusBadge key={status} status={status} word={status} />
        ))}
        <StatusBadge plain status="ok" word="plain" />
        <Pill>app=web</Pill>
      </div>
      <div style={row}>
        {ICONS.map((name) => (
          <span key={name} title={name}>
            <Icon name={name} />
          </span>
        ))}
      </div>
      <div style={row}>
        <Segmented
          label="View"
          value={view}
          onChange={setView}
          options={['cluster', 'workloads', 'table'].map((id) => ({ id, label: id }))}
        />
        <Slider label="Speed" min={0.1} max={1000} notches={16} unlimited value={speed} onChange={setSpeed} format={speedWord} ticks={[0.1, 1, 10, 100, 1000]} />
        <span className="mono">{speedWord(speed)}</span>
      </div>
      <div>
        <Tabs
          prefix="story"
          label="Inspector"
          active={tab}
          onSelect={setTab}
          onClose={() => undefined}
          tabs={[{ id: 'summary', label: 'Summary' }, { id: 'yaml', label: 'YAML', closeLabel: 'Close YAML' }, { id: 'events', label: 'Events', badge: 6 }]}
        />
        <div {...tabPanel('story', tab)}>
          <EmptyState title="Nothing is selected">Choose a pod or a node.</EmptyState>
        </div>
      </div>
      <div style={{ display: 'flex', height: 160, border: '1px solid var(--line)' }}>
        <div id="left" style={{ width: size, display: 'grid' }}>
          <VirtualList label="History" count={100_000} rowPx={22} shownIndex={50_000} row={(index) => <span className="mono">row {index}</span>} />
        </div>
        <Splitter label="Width of the list" controls="left" orientation="vertical" size={size} min={120} max={500} onResize={setSize} onReset={() => setSize(240)} />
      </div>
      {open && (
        <Dialog title="A dialog" onClose={() => setOpen(false)} actions={<Button variant="primary">Do it</Button>}>
          With some text in it.
        </Dialog>
      )}
      <Toasts />
    </main>
  )
}
