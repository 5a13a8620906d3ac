import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Glyph } from '../kit/Glyph.tsx'
import type { Status } from '../kit/status.ts'
import styles from './EditorPanel.module.css'
import type { Fix, Problem } from './types.ts'

const STATUS: Readonly<Record<Problem['severity'], Status>> = { error: 'bad', warning: 'warn', info: 'busy' }
const MOST = 50
const MOST_FIXES = 3

export interface ProblemListProps {
  readonly problems: readonly Problem[]
  /** The shown file; its problems are placed by line only. */
  readonly active: string
  onGo(problem: Problem): void
  onFix(problem: Problem, fix: Fix): void
  onMendAll(): void
}

/** What is wrong with the texts, in words; each entry leads to its line. */
export function ProblemList({ problems, active, onGo, onFix, onMendAll }: ProblemListProps): ReactNode {
  const { t } = useTranslation(['editor', 'mend'])
  if (problems.length === 0) return null
  const mendable = problems.filter(({ file, severity, fixes }) => file === active && severity === 'error' && fixes?.length).length
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
                {problem.explain !== undefined && <small>{t(`mend:explain.${problem.explain.id}`, problem.explain.params)}</small>}
              </span>
              <code>{t(problem.file === active ? 'line' : 'place', { file: problem.file, line: problem.line })}</code>
            </button>
            {problem.fixes !== undefined && problem.fixes.length > 0 && (
              <div className={styles['fixes']}>
                {problem.fixes.slice(0, MOST_FIXES).map((fix) => (
                  <button key={`${fix.title.id} ${JSON.stringify(fix.title.params)}`} type="button" className={styles['fix']} onClick={() => onFix(problem, fix)}>
                    {t(`mend:fix.${fix.title.id}`, fix.title.params)}
                  </button>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
      {mendable > 0 && (
        <button type="button" className={styles['mendAll']} onClick={onMendAll}>
          {t('mend:mendAll')}
        </button>
      )}
      {problems.length > MOST && <p className={styles['moreProblems']}>{t('moreProblems', { count: problems.length - MOST })}</p>}
    </section>
  )
}
