import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../kit/Button.tsx'
import { mirror, useClock, useMirror, useUi } from '../store/hooks.ts'
import { actorName, rowText } from '../timeline/words.ts'
import styles from './map.module.css'
import { askWhy } from './select.ts'

/** The one sentence of the step: who did what. It is also what screen readers hear, not more than once a second. */
export function SentenceBar(): ReactNode {
  const { t } = useTranslation('views')
  const current = useMirror((state) => state.current)
  const atStart = useClock((clock) => clock.index <= clock.origin.index, true)
  const selected = useUi((state) => state.selected)
  const about = current?.touched[0] ?? selected
  const words = atStart || current === null ? t('atStart') : rowText(current)
  return (
    <div className={styles['say']}>
      {!atStart && current !== null && <span className={styles['who']}>{actorName(current.actor)}</span>}
      <span className={styles['words']} data-testid="sentence">
        {words}
      </span>
      <span className={styles['spacer']} />
      <Button disabled={about === null || about === undefined || atStart} onClick={() => about != null && askWhy(about)}>
        {t('why')}
      </Button>
      <Spoken words={words} />
    </div>
  )
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
