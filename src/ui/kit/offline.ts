import i18next from 'i18next'
import { toast } from './toasts.ts'

/**
 * Makes the built page work without a network, and says so when a newer version has arrived. Call once, after the first
 * rendering; does nothing in development and where service workers are not to be had.
 */
export async function startOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { registerSW } = await import('virtual:pwa-register')
  const update = registerSW({
    immediate: true,
    onNeedRefresh: () => {
      const label = i18next.t('reload', { ns: 'common' })
      toast({ status: 'done', text: i18next.t('newVersion', { ns: 'common' }), action: { label, run: () => void update(true) } })
    },
  })
}
