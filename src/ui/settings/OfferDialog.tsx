import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { OfferedFile } from '../../workers/protocol.ts'
import { report, say } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { updateUi } from '../store/ui-state.ts'
import styles from './components.module.css'

/** A text of the editor is a component's file: says why it cannot be applied, and offers to restart the component with it. */
export function OfferDialog({ offer, onClose }: { readonly offer: OfferedFile; onClose(): void }): ReactNode {
  const { t } = useTranslation('flags')
  const { component, kind } = offer
  const version = component === 'kubelet' ? 'kubelet.config.k8s.io/v1beta1' : 'kubescheduler.config.k8s.io/v1'
  const start = async (text: string | null): Promise<void> => {
    try {
      const { problems } = await session.ask<'configure'>({ type: 'configure', component, text })
      if (problems.length === 0) {
        say('done', t('file.started', { component }))
        updateUi((draft) => {
          for (const file of draft.files) if (file.text.includes(`kind: ${kind}`)) Object.assign(file, { applied: text === null ? null : file.text })
        })
      }
      else say('bad', `${t('file.wrong', { count: problems.length })} ${problems[0]}`)
    } catch (error) {
      report(error)
    }
    onClose()
  }
  return (
    <Dialog
      title={t('file.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => void start(null)}>{t('file.defaults')}</Button>
          <Button variant="primary" onClick={() => void start(offer.text)}>
            {t('file.start')}
          </Button>
        </>
      }
    >
      <div className={styles['offer']}>
        <p>{t('file.text', { kind, component })}</p>
        <pre>{`error: resource mapping not found for name: "" namespace: "" from "${component}.yaml": no matches for kind "${kind}" in version "${version}"\nensure CRDs are installed first`}</pre>
        <p>{t(`file.ask.${component}`)}</p>
      </div>
    </Dialog>
  )
}
