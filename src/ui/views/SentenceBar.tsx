import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../kit/Button.tsx'
import type { Mirror } from '../store/mirror.ts'
import { mirror, useClock, useMirror, useUi } from '../store/hooks.ts'
import { actorName, afterName, rowText } from '../timeline/words.ts'
import styles from './map.module.css'
import { askWhy } from './select.ts'

/** The one sentence of the step: who did what. It is also what screen readers hear, not more than once a second. */
export function SentenceBar(): ReactNode {
  const { t } = useTranslation('views')
  const current = useMirror((state) => state.current)
  const atStart = useClock((clock) => clock.index <= clock.origin.index, true)
  const selected = useUi((state) => state.selected)
  const about = useMirror((state) => lastTouched(state)) ?? selected
  const words = atStart || current === null ? t('atStart') : rowText(current)
  return (
    <div className={styles['say']}>
      {!atStart && current !== null && <span className={styles['who']}>{actorName(current.actor)}</span>}
      <span className={styles['words']} data-testid="sentence">
        {atStart || current === null ? words : afterName(current.actor, words)}
      </span>
      <span className={styles['spacer']} />
      <Button disabled={about === null || about === undefined || atStart} onClick={() => about != null && askWhy(about)}>
        {t('why')}
      </Button>
      <Spoken words={words} />
    </div>
  )
}

/** The object that the current step wrote, or else the last one before it. */
function lastTouched({ current, rows }: Mirror): string | null {
  if (current === null) return null
  for (let index = current.index; index > current.index - 60; index--) {
    const touched = (index === current.index ? current : rows.rows.get(index))?.touched[0]
    if (touched !== undefined) return touched
  }
  return null
}

const CALM_MS = 1_000

function Spoken({ words }: { readonly words: string }): ReactNode {
  const [spoken, setSpoken] = useState('')
  useEffect(() => {
    const playing = mirror.getState().clock?.playing === true
    const timer = setTimeout(() => setSpoken(words), playing ? CALM_MS : 60)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <span className="visually-hidden" role="status" aria-live="polite">
      {spoken}
    </span>
  )
}
