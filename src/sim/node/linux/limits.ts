/** A resource limit; -1: none. In the units of the kernel: bytes, seconds, numbers (getrlimit(2)). */
export interface Limit {
  readonly soft: number
  readonly hard: number
}

/** Limits that differ from those that processes begin with, by the letter of ulimit. */
export type Limits = Readonly<Record<string, Limit>>

interface Kind {
  readonly letter: string
  /** As /proc/N/limits names it, with its unit there. */
  readonly name: string
  readonly unit: string
  readonly first: Limit
  /** As `ulimit -a` of busybox names it, and how many of the kernel's units its own unit is. */
  readonly shown?: string
  readonly scale?: number
  /** The model holds processes to it, or on Linux too nothing comes of it; others can only be looked at. */
  readonly canSet?: true
}

const same = (n: number): Limit => ({ soft: n, hard: n })

/** All limits in the order of /proc/N/limits, with what containerd starts containers with. */
export const KINDS: readonly Kind[] = [
  { letter: 't', name: 'Max cpu time', unit: 'seconds', first: same(-1), shown: 'cpu time (seconds)' },
  { letter: 'f', name: 'Max file size', unit: 'bytes', first: same(-1), shown: 'file size (blocks)', scale: 512, canSet: true },
  { letter: 'd', name: 'Max data size', unit: 'bytes', first: same(-1), shown: 'data seg size (kb)', scale: 1024 },
  { letter: 's', name: 'Max stack size', unit: 'bytes', first: { soft: 8_388_608, hard: -1 }, shown: 'stack size (kb)', scale: 1024, canSet: true },
  { letter: 'c', name: 'Max core file size', unit: 'bytes', first: { soft: 0, hard: -1 }, shown: 'core file size (blocks)', scale: 512, canSet: true },
  { letter: 'm', name: 'Max resident set', unit: 'bytes', first: same(-1), shown: 'max memory size (kb)', scale: 1024, canSet: true },
  { letter: 'p', name: 'Max processes', unit: 'processes', first: same(96_365), shown: 'max user processes', canSet: true },
  { letter: 'n', name: 'Max open files', unit: 'files', first: same(20_000), shown: 'open files', canSet: true },
  { letter: 'l', name: 'Max locked memory', unit: 'bytes', first: same(8_388_608), shown: 'max locked memory (kb)', scale: 1024, canSet: true },
  { letter: 'v', name: 'Max address space', unit: 'bytes', first: same(-1), shown: 'address space (kb)', scale: 1024 },
  { letter: 'w', name: 'Max file locks', unit: 'locks', first: same(-1) },
  { letter: 'i', name: 'Max pending signals', unit: 'signals', first: same(96_365) },
  { letter: 'q', name: 'Max msgqueue size', unit: 'bytes', first: same(819_200) },
  { letter: 'e', name: 'Max nice priority', unit: '', first: same(0) },
  { letter: 'r', name: 'Max realtime priority', unit: '', first: same(0) },
  { letter: 'R', name: 'Max realtime timeout', unit: 'us', first: same(-1) },
]

const byLetter = new Map(KINDS.map((kind) => [kind.letter, kind]))

export const kindOf = (letter: string): Kind | undefined => byLetter.get(letter)

export const limitOf = (limits: Limits | undefined, letter: string): Limit => limits?.[letter] ?? byLetter.get(letter)!.first

/** Is `n` more than a soft limit allows? */
export const isOver = (limits: Limits | undefined, letter: string, n: number): boolean => {
  const own = limits?.[letter]
  return own !== undefined && own.soft >= 0 && n > own.soft
}

const text = (n: number): string => (n < 0 ? 'unlimited' : String(n))

/** /proc/N/limits */
export function limitsText(limits: Limits | undefined): string {
  const row = (a: string, b: string, c: string, d: string): string => `${a.padEnd(26)}${b.padEnd(21)}${c.padEnd(21)}${d.padEnd(10)}\n`
  return row('Limit', 'Soft Limit', 'Hard Limit', 'Units') + KINDS.map(({ letter, name, unit }) => row(name, text(limitOf(limits, letter).soft), text(limitOf(limits, letter).hard), unit)).join('')
}
