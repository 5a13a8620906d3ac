import { useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAnswer } from '../inspector/use-answer.ts'
import { Button } from '../kit/Button.tsx'
import { useMoment } from '../store/hooks.ts'
import styles from './settings.module.css'

const FLAGS = { type: 'flags' } as const

/** "setting=value" by lines as texts by name; a line without "=" has the empty text. */
export function readSettings(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0]!.trim(), line.includes('=') ? line.slice(line.indexOf('=') + 1).trim() : '']))
}

interface StartFlagsProps {
  readonly value: string
  readonly problem: string | null
  onChange(value: string): void
}

/** Settings of components that a new cluster starts with, one a line; those that differ now can be taken over. */
export function StartFlags({ value, problem, onChange }: StartFlagsProps): ReactNode {
  const { t } = useTranslation('settings')
  const id = useId()
  const differ = (useAnswer<'flags'>(FLAGS, useMoment()) ?? []).filter(({ text, initial }) => text !== initial)
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{t('flags')}</label>
      <textarea
        id={id}
        className="code-box"
        rows={Math.min(8, Math.max(2, value.split('\n').length))}
        spellCheck={false}
        autoComplete="off"
        placeholder="kubelet.maxPods=20"
        value={value}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <small id={`${id}-hint`} role={problem === null ? undefined : 'alert'} data-bad={problem === null ? undefined : ''}>
        {problem ?? t('flagsHint')}
      </small>
      {differ.length > 0 && (
        <span className={styles['under']}>
          <Button variant="ghost" small onClick={() => onChange(differ.map((flag) => `${flag.id}=${flag.text}`).join('\n'))}>
            {t('flagsTake', { count: differ.length })}
          </Button>
        </span>
      )}
    </div>
  )
}
