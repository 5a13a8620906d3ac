import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { report } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { encodeSession, LONGEST_LINK } from './codec.ts'
import { saveToFile } from './files.ts'

/** The link of what one sees, or a file where the link would be too long. */
export function ShareDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation(['app', 'common'])
  const [link, setLink] = useState<string | null>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    session
      .shared()
      .then((shared) => setLink(`${location.origin}${location.pathname}#s=${encodeSession(shared)}`))
      .catch((error: unknown) => report(error))
  }, [])
  const long = link !== null && link.length > LONGEST_LINK
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link ?? '')
      setCopied(true)
    } catch (error) {
      report(error, 'noClipboard')
    }
  }
  return (
    <Dialog
      title={t('shareTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => void saveToFile()}>{t('saveFile')}</Button>
          <Button variant="primary" disabled={link === null || long} onClick={() => void copy()}>
            {t(copied ? 'common:copied' : 'copyLink')}
          </Button>
        </>
      }
    >
      <p style={{ marginBottom: 12 }}>{t('shareText')}</p>
      {long ? (
        <p>{t('shareLong', { size: Math.round((link?.length ?? 0) / 1000) })}</p>
      ) : (
        <textarea
          readOnly
          aria-label={t('link')}
          value={link ?? t('common:loading')}
          rows={4}
          data-testid="share-link"
          onFocus={(event) => event.target.select()}
          style={{ width: '100%', resize: 'none', font: '11px/1.5 var(--font-code)', background: 'var(--sunken)', border: '1px solid var(--line)', borderRadius: 6, padding: 8, wordBreak: 'break-all' }}
        />
      )}
    </Dialog>
  )
}
