import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConfiguredComponent, FlagState } from '../../workers/protocol.ts'
import { useAnswer } from '../inspector/use-answer.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { useMoment } from '../store/hooks.ts'
import styles from './components.module.css'
import { FlagRow } from './FlagRow.tsx'
import { openConfiguration } from './open-configuration.ts'

const FLAGS = { type: 'flags' } as const
const COMPONENTS = ['kube-controller-manager', 'kube-apiserver', 'kubelet'] as const

/** All settings of components that act, by component: searched, changed, reset. */
export function ComponentsDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('flags')
  const flags = useAnswer<'flags'>(FLAGS, useMoment()) ?? []
  const [search, setSearch] = useState('')
  const [onlyChanged, setOnlyChanged] = useState(false)
  const changed = flags.filter(isChanged).length
  const words = useMemo(() => search.toLowerCase().split(/\s+/).filter(Boolean), [search])
  const shown = flags.filter((flag) => (!onlyChanged || isChanged(flag)) && matches(flag, words, t(`about.${flag.id}`)))
  return (
    <Dialog title={t('title')} onClose={onClose} wide>
      <div className={styles['panel']}>
        <p className={styles['intro']}>{t('intro')}</p>
        <div className={styles['tools']} role="search">
          <input type="search" value={search} placeholder={t('search')} aria-label={t('search')} onChange={(event) => setSearch(event.target.value)} />
          <label>
            <input type="checkbox" checked={onlyChanged} onChange={(event) => setOnlyChanged(event.target.checked)} />
            {t('onlyChanged', { count: changed })}
          </label>
        </div>
        {flags.length > 0 && shown.length === 0 && <p role="status">{t('none')}</p>}
        {COMPONENTS.map((component) => (
          <Group key={component} component={component} flags={shown.filter((flag) => flag.component === component)} exists={flags.length === 0 || flags.some((flag) => flag.component === component)} onFile={onClose} />
        ))}
        {words.length === 0 && !onlyChanged && (
          <section className={styles['group']}>
            <GroupHead component="kube-scheduler" file="kube-scheduler" onFile={onClose} />
            <p>{t('scheduler')}</p>
          </section>
        )}
      </div>
    </Dialog>
  )
}

const isChanged = ({ text, initial }: FlagState): boolean => text !== initial

const matches = ({ id }: FlagState, words: readonly string[], about: string): boolean => {
  const text = `${id} ${about}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

interface GroupProps {
  readonly component: string
  readonly flags: readonly FlagState[]
  /** Has the component any setting in this cluster? */
  readonly exists: boolean
  onFile(): void
}

function Group({ component, flags, exists, onFile }: GroupProps): ReactNode {
  const { t } = useTranslation('flags')
  if (exists && flags.length === 0) return null
  return (
    <section className={styles['group']} aria-label={component}>
      <GroupHead component={component} file={component === 'kubelet' && exists ? 'kubelet' : undefined} onFile={onFile} />
      <p>{t(exists ? `effect.${component}` : 'notInFast')}</p>
      <ul>
        {flags.map((flag) => (
          <FlagRow key={`${flag.id} ${flag.text}`} flag={flag} />
        ))}
      </ul>
    </section>
  )
}

function GroupHead({ component, file, onFile }: { readonly component: string; readonly file: ConfiguredComponent | undefined; onFile(): void }): ReactNode {
  const { t } = useTranslation('flags')
  return (
    <header>
      <h3>{component}</h3>
      {file !== undefined && (
        <Button
          variant="ghost"
          small
          onClick={() => {
            void openConfiguration(file)
            onFile()
          }}
        >
          {t('openFile')}
        </Button>
      )}
    </header>
  )
}
