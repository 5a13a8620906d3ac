import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Glyph } from '../kit/Glyph.tsx'
import type { Status } from '../kit/status.ts'
import styles from './EditorPanel.module.css'
import type { Problem } from './types.ts'

const STATUS: Readonly<Record<Problem['severity'], Status>> = { error: 'bad', warning: 'warn', info: 'busy' }
const MOST = 50

export interface ProblemListProps {
  readonly problems: readonly Problem[]
  /** The shown file; its problems are placed by line only. */
  readonly active: string
  onGo(problem: Problem): void
}

/** What is wrong with the texts, in words; each entry leads to its line. */
export function ProblemList({ problems, active, onGo }: ProblemListProps): ReactNode {
  const { t } = useTranslation('editor')
  if (problems.length === 0) return null
  return (
    <section className={styles['problems']} aria-label={t('problems')}>
      <ul>
        {problems.slice(0, MOST).map((problem, index) => (
          <li key={`${problem.file}:${problem.line}:${problem.column}:${index}`}>
            <button type="button" onClick={() => onGo(problem)}>
              <Glyph status={STATUS[problem.severity]} size={10} />
              <span className={styles['message']}>
                <span className="visually-hidden">{t(`severity.${problem.severity}`)} </span>
                {problem.message}
                {problem.fix !== undefined && <small>{problem.fix}</small>}
              </span>
              <code>{t(problem.file === active ? 'line' : 'place', { file: problem.file, line: problem.line })}</code>
            </button>
          </li>
        ))}
      </ul>
      {problems.length > MOST && <p className={styles['moreProblems']}>{t('moreProblems', { count: problems.length - MOST })}</p>}
    </section>
  )
}
