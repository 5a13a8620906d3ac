import type { TFunction } from 'i18next'
import type { ComponentState } from '../../../workers/protocol.ts'

/** "deployment: default/web", or its figures: "128 requests, 31 watches", "2 unschedulable". */
export function partLine(part: ComponentState, t: TFunction<'views'>): string {
  if (!part.running) return t('partStopped')
  if (part.busy !== null) return part.busy
  // A scheduler without pods in its queue is best told by just that; of the others those count that are there.
  const told = Object.entries(part.figures).filter(([name, value]) => part.name !== 'scheduler' || (value !== 0 && name !== 'attempts'))
  const figures = told.map(([name, value]) => t(`figure.${name}`, { count: Number(value), value, defaultValue: `${name} ${value}` }))
  if (figures.length > 0) return figures.slice(0, 2).join(', ')
  return part.queued === 0 ? t('queueEmpty') : t('queued', { count: part.queued })
}
