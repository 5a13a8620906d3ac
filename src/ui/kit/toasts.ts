import { createStore } from 'zustand/vanilla'
import type { Status } from './status.ts'

/** One message at the edge of the page. */
export interface Toast {
  readonly id: number
  readonly status: Status
  readonly text: string
  /** One thing to do about it. */
  readonly action?: { readonly label: string; run(): void }
  /** How long it stays; absent: until it is dismissed. Failures stay. */
  readonly forMs?: number
}

const DEFAULT_MS = 6_000
const MOST = 4

export const toasts = createStore<readonly Toast[]>(() => [])
let nextId = 1

export function dismiss(id: number): void {
  toasts.setState((all) => all.filter((toast) => toast.id !== id), true)
}

/** Shows a message and returns its id. The same text twice is one message. Failures stay until dismissed. */
export function toast(message: Omit<Toast, 'id'>): number {
  const same = toasts.getState().find((shown) => shown.text === message.text)
  if (same !== undefined) return same.id
  const id = nextId++
  const stays = message.status === 'bad' || message.action !== undefined
  const forMs = message.forMs ?? (stays ? undefined : DEFAULT_MS)
  toasts.setState((all) => [...all, { ...message, id }].slice(-MOST), true)
  if (forMs !== undefined) setTimeout(() => dismiss(id), forMs)
  return id
}
