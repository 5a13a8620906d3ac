import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { session } from '../connection/session.ts'
import { Button } from '../kit/Button.tsx'
import { useClock, useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { instantText } from '../timeline/format-time.ts'
import { actorName, afterName, linkText } from '../timeline/words.ts'
import styles from './inspector.module.css'
import { useAnswer } from './use-answer.ts'

/** The chain of causes, the newest first, back to the command that began it. Each link leads to its step. */
export function WhyTab({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('inspector')
  const path = useUi((state) => state.whyPath)
  const index = useClock((clock) => (clock.playing ? -1 : clock.index), 0)
  const now = useClock((clock) => clock.index, 0)
  const branch = useClock((clock) => clock.branch, 0)
  const origin = useClock((clock) => clock.origin.at, 0)
  const query = useMemo(() => ({ type: 'why' as const, key: objectKey, ...(path !== null && { path }) }), [objectKey, path])
  const links = useAnswer<'why'>(query, `${branch}/${index}`)
  const name = objectKey.split('/').at(-1) ?? objectKey
  return (
    <section className={styles['why']} aria-label={t('tabs.why')}>
      <h3 className={styles['section']}>
        {path === null ? t('whyObject', { name }) : t('whyField', { field: path, name })}
        {path !== null && (
          <Button small variant="ghost" onClick={() => updateUi((draft) => void (draft.whyPath = null))}>
            {t('wholeObject')}
          </Button>
        )}
      </h3>
      {links !== undefined && links.length === 0 && <p className={styles['note']}>{t('noReason')}</p>}
      <ol>
        {links?.map((link, at) => (
          <li key={`${link.index}-${String(at)}`} data-now={link.index === now ? '' : undefined}>
            <button type="button" onClick={() => session.seek({ index: link.index })}>
              <span>
                <b>{actorName(link.actor)}</b> {afterName(link.actor, linkText(link.sentence, link.actor))}
              </span>
              <time>{link.at < origin ? t('boot') : instantText(link.at - origin)}</time>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
