/**
 * The states that a thing can be in, the same on every kind. Each has a colour (the token of the same name), a glyph and
 * a word; only `busy`, `warn` and `bad` may move.
 */
export type Status = 'ok' | 'busy' | 'warn' | 'bad' | 'gone' | 'unknown' | 'done' | 'idle'

export const STATUS_COLOUR: Readonly<Record<Status, string>> = {
  ok: 'var(--ok)',
  busy: 'var(--busy)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  gone: 'var(--gone)',
  unknown: 'var(--unknown)',
  done: 'var(--done)',
  idle: 'var(--text-3)',
}
