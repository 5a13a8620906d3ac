import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { session } from '../connection/session.ts'
import { Button } from '../kit/Button.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { Slider } from '../kit/Slider.tsx'
import { useClock, useMirror, useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { clockText, millisText } from './format-time.ts'
import { Rail } from './Rail.tsx'
import { StepLadder } from './StepLadder.tsx'
import styles from './Timeline.module.css'

const SPEEDS = { min: 0.1, max: 1000, notches: 24, unlimited: true } as const

/** Transport, clock, step ladder, speed and the rail. */
export function Timeline(): ReactNode {
  const { t } = useTranslation('timeline')
  const historyOpen = useUi((state) => state.historyOpen)
  return (
    <section className={styles['timeline']} aria-label={t('timeline')}>
      <div className={styles['row']}>
        <Transport />
        <StepLadder />
        <span className={styles['spacer']} />
        <UndoRedo />
        <Speed />
        <Button
          variant="ghost"
          className={styles['wide']}
          keys="H"
          aria-pressed={historyOpen}
          onClick={() =>
            updateUi((draft) => {
              draft.historyOpen = !draft.historyOpen
              draft.inspectorOpen = true
            })
          }
        >
          {t('history')}
        </Button>
      </div>
      <Rail />
    </section>
  )
}

/** To the start, play or pause, and the clock. */
export function Transport(): ReactNode {
  const { t } = useTranslation('timeline')
  const playing = useClock((clock) => clock.playing, false)
  const origin = useClock((clock) => clock.origin.index, 0)
  return (
    <>
      <IconButton round variant="plain" icon="toStart" label={t('toStart')} keys="Home" onClick={() => session.seek({ index: origin })} />
      <IconButton round variant="primary" icon={playing ? 'pause' : 'play'} label={t(playing ? 'pause' : 'play')} keys="Space" onClick={session.toggle} />
      <Clock />
    </>
  )
}

function Clock(): ReactNode {
  const { t } = useTranslation('timeline')
  const at = useClock((clock) => clock.at - clock.origin.at, 0)
  return (
    <span className={styles['clock']} role="timer" aria-label={t('clock')} data-testid="clock">
      {clockText(at)}
      <small>.{millisText(at)}</small>
    </span>
  )
}

function UndoRedo(): ReactNode {
  const { t } = useTranslation('timeline')
  const index = useClock((clock) => clock.index, 0)
  const canUndo = useMirror((state) => state.marks.some((mark) => mark.kind === 'command' && mark.index <= index))
  const canRedo = useMirror((state) => state.marks.some((mark) => mark.kind === 'command' && mark.index > index))
  return (
    <span className={styles['pair']}>
      <IconButton icon="undo" label={t('undo')} keys="Mod+Z" disabled={!canUndo} onClick={session.undo} />
      <IconButton icon="redo" label={t('redo')} keys="Mod+Shift+Z" disabled={!canRedo} onClick={session.redo} />
    </span>
  )
}

function Speed(): ReactNode {
  const { t } = useTranslation('timeline')
  const told = useClock((clock) => clock.speed, 1)
  // What was chosen shows at once; the worker's word follows with the next frame.
  const [speed, setSpeed] = useState(told)
  useEffect(() => setSpeed(told), [told])
  const format = (value: number): string => (value === Infinity ? t('fastest') : `${value}×`)
  return (
    <span className={styles['speed']}>
      <span className={styles['speedLabel']}>{t('speed')}</span>
      <Slider
        label={t('speed')}
        {...SPEEDS}
        widthPx={112}
        ticks={[0.1, 1, 10, 100, 1000]}
        value={speed}
        format={format}
        onChange={(value) => {
          setSpeed(value)
          session.do({ type: 'speed', speed: value })
        }}
      />
      <output className={styles['speedValue']}>{format(speed)}</output>
    </span>
  )
}
