import type { Kernel, Shell, Task } from '../kernel.ts'
import { KINDS, kindOf, limitOf, type Limit } from '../limits.ts'
import { familyOf } from './family.ts'

const SYS_RESOURCE = 24
const MOST_FILES = 1_048_576
const ORDER = 'cdflmnpstv'

const shownAs = (n: number, scale = 1): string => (n < 0 ? 'unlimited' : String(Math.floor(n / scale)))

/** May a limit become this one: never above the hard one, unless by CAP_SYS_RESOURCE (kernel/sys.c: do_prlimit). */
function mayBecome(kernel: Kernel, task: Task, letter: string, before: Limit, next: Limit): boolean {
  const capabilities = task.view?.capabilities ?? kernel.containers[task.container]!.capabilities
  const isRaised = before.hard >= 0 && (next.hard < 0 || next.hard > before.hard)
  if (letter === 'n' && (next.hard < 0 || next.hard > MOST_FILES)) return false
  return !isRaised || Math.floor(capabilities / 2 ** SYS_RESOURCE) % 2 === 1
}

/** `ulimit [-HS] [-a | -letter] [value]`: limits of the shell and of all that it starts. */
export function ulimitBuiltin(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  const letters = argv.slice(1).filter((word) => /^-[A-Za-z]/.test(word)).join('').replaceAll('-', '').replaceAll('u', 'p')
  const value = argv.slice(1).find((word) => !/^-[A-Za-z]/.test(word))
  const [isHard, isSoft] = [letters.includes('H'), letters.includes('S')]
  const family = familyOf(kernel, task)
  const fail = (text: string, status = 1): number => {
    kernel.write(task, 2, `${shell.name}: ${text}\n`)
    return status
  }
  const of = (letter: string, scale?: number): string => shownAs(limitOf(task.limits, letter)[isHard && !isSoft ? 'hard' : 'soft'], scale)
  const wanted = letters.replace(/[HS]/g, '')
  if (wanted.includes('a')) {
    for (const letter of ORDER) {
      const { shown = '', scale } = KINDS.find((k) => k.letter === letter)!
      kernel.write(task, 1, `${`-${letter}: ${shown}`.padEnd(34)}${of(letter, scale)}\n`)
    }
    return 0
  }
  const kind = kindOf(wanted[0] ?? 'f')
  if (!kind?.shown) return fail(`ulimit: illegal option -${wanted[0] ?? ''}`, 2)
  const { letter, canSet } = kind
  // bash counts files and core dumps in blocks of 1024 bytes, the others of 512.
  const scale = kind.scale === 512 && family === 'bash' ? 1024 : (kind.scale ?? 1)
  if (value === undefined) {
    kernel.write(task, 1, `${of(letter, scale)}\n`)
    return 0
  }
  const before = limitOf(task.limits, letter)
  const given = value === 'unlimited' ? -1 : value === 'hard' ? before.hard : value === 'soft' ? before.soft : /^\d+$/.test(value) ? Number(value) * scale : undefined
  if (given === undefined) return fail(family === 'ash' ? `invalid number '${value}'` : `ulimit: ${family === 'bash' ? `${value}: invalid number` : `Illegal number: ${value}`}`, family === 'dash' ? 2 : 1)
  const next: Limit = { soft: isHard && !isSoft ? before.soft : given, hard: isSoft && !isHard ? before.hard : given }
  if (next.soft === before.soft && next.hard === before.hard) return 0
  if (next.hard >= 0 && (next.soft < 0 || next.soft > next.hard)) return fail(refusal(family, kind.shown, 'Invalid argument'))
  if (!mayBecome(kernel, task, letter, before, next)) return fail(refusal(family, kind.shown, 'Operation not permitted'))
  if (!canSet) return fail(`ulimit: limits of ${kind.shown.replace(/ \(.*/, '')} are not modelled here`)
  task.limits = { ...task.limits, [letter]: next }
  return 0
}

function refusal(family: 'ash' | 'bash' | 'dash', what: string, why: string): string {
  if (family === 'ash') return `error setting limit: ${why}`
  return family === 'bash' ? `ulimit: ${what.replace(/ \(.*/, '')}: cannot modify limit: ${why}` : `ulimit: error setting limit (${why})`
}
