import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FlagState } from '../../workers/protocol.ts'
import { report } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { Button } from '../kit/Button.tsx'
import styles from './components.module.css'

const BOOLEANS = ['true', 'false']

/** One setting: its name, what it does, its value, and the way back to the default. A refusal stands below in the component's words. */
export function FlagRow({ flag }: { readonly flag: FlagState }): ReactNode {
  const { t } = useTranslation('flags')
  const id = useId()
  const [draft, setDraft] = useState(flag.text)
  const [problem, setProblem] = useState<string | null>(null)
  const changed = flag.text !== flag.initial
  const set = (value: string | null): void => {
    session
      .ask<'flag'>({ type: 'flag', flag: flag.id, value })
      .then((answer) => setProblem(answer.problem))
      .catch((error: unknown) => report(error))
  }
  return (
    <li className={styles['flag']} data-changed={changed ? '' : undefined}>
      <div className={styles['what']}>
        <label htmlFor={id}>
          <code>{flag.component === 'kubelet' ? flag.name : `--${flag.name}`}</code>
        </label>
        <p id={`${id}-about`}>{t(`about.${flag.id}`)}</p>
      </div>
      <form
        className={styles['value']}
        onSubmit={(event) => {
          event.preventDefault()
          if (draft.trim() !== flag.text) set(draft)
        }}
      >
        {flag.type === 'boolean' ? (
          <select className="code-box" id={id} value={flag.text} aria-describedby={`${id}-about`} onChange={(event) => set(event.target.value)}>
            {BOOLEANS.map((value) => (
              <option key={value}>{value}</option>
            ))}
          </select>
        ) : (
          <input
            className="code-box"
            id={id}
            type="text"
            spellCheck={false}
            autoComplete="off"
            value={draft}
            placeholder={t('empty')}
            data-long={flag.initial.length > 24 || flag.type === 'list' ? '' : undefined}
            aria-invalid={problem !== null}
            aria-describedby={`${id}-about ${id}-said`}
            onChange={(event) => {
              setDraft(event.target.value)
              setProblem(null)
            }}
          />
        )}
        {draft.trim() !== flag.text && (
          <Button variant="primary" small type="submit">
            {t('save')}
          </Button>
        )}
        {changed && (
          <Button variant="ghost" small aria-label={t('resetOf', { name: flag.name })} title={t('reset')} onClick={() => set(null)}>
            {t('default', { value: flag.initial === '' ? t('empty') : flag.initial })} ↺
          </Button>
        )}
      </form>
      <p id={`${id}-said`} className={styles['said']} role={problem === null ? undefined : 'alert'}>
        {problem}
      </p>
    </li>
  )
}
