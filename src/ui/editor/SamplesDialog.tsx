import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { join } from '../kit/join.ts'
import styles from './SamplesDialog.module.css'
import { SAMPLES } from './samples.ts'
import type { Sample } from './types.ts'

export interface SamplesDialogProps {
  onOpen(sample: Sample): void
  onClose(): void
}

/** The gallery of manifests: what each shows at the left, its text at the right. */
export function SamplesDialog({ onOpen, onClose }: SamplesDialogProps): ReactNode {
  const { t } = useTranslation(['editor', 'common'])
  const tongue = useLanguage() === 'zh-CN' ? 'zh' : 'en'
  const [chosen, setChosen] = useState(SAMPLES[0])
  return (
    <Dialog
      wide
      title={t('samplesTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button variant="primary" disabled={chosen === undefined} onClick={() => chosen !== undefined && onOpen(chosen)}>
            {t('openSample')}
          </Button>
        </>
      }
    >
      <div className={styles['gallery']}>
        <ul className={styles['list']} aria-label={t('samples')}>
          {SAMPLES.map((sample) => (
            <li key={sample.id}>
              <button
                type="button"
                aria-pressed={sample.id === chosen?.id}
                className={join(styles['sample'], sample.id === chosen?.id && styles['on'])}
                onClick={() => setChosen(sample)}
                onDoubleClick={() => onOpen(sample)}
              >
                <b>{sample.title[tongue]}</b>
                <span>{sample.summary[tongue]}</span>
              </button>
            </li>
          ))}
        </ul>
        <pre className={styles['text']} aria-label={chosen?.name}>
          {chosen?.text}
        </pre>
      </div>
    </Dialog>
  )
}
