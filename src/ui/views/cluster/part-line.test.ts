import { expect, test } from 'vitest'
import type { ComponentState } from '../../../workers/protocol.ts'
import { partLine } from './part-line.ts'

const t = ((id: string, params?: { readonly value?: unknown }) => `${id}${params?.value === undefined ? '' : ` ${String(params.value)}`}`) as unknown as Parameters<typeof partLine>[1]
const scheduler = (figures: ComponentState['figures'], queued = 0): ComponentState => ({ name: 'scheduler', running: true, figures, busy: null, queued })

test('a scheduler tells where pods wait, and when nobody does', () => {
  expect(partLine(scheduler({ active: 0, backoff: 0, unschedulable: 2, attempts: 9 }, 2), t)).toBe('figure.unschedulable 2')
  expect(partLine(scheduler({ active: 0, backoff: 0, unschedulable: 0, attempts: 9 }), t)).toBe('queueEmpty')
})

test('other parts tell their first figures', () => {
  expect(partLine({ name: 'apiserver', running: true, figures: { watches: 3, objects: 0 }, busy: null, queued: 0 }, t)).toBe('figure.watches 3, figure.objects 0')
})
