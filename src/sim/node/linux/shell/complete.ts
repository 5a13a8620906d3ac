import { failed } from '../errno.ts'
import { existing, type FileWorld } from '../files.ts'
import type { Kernel, Shell, Task } from '../kernel.ts'
import { DEFAULT_PATH } from '../programs.ts'
import { foreground, isInteractive } from '../tty.ts'
import { BUILTINS } from './builtins.ts'

/** What could stand from `replaceFrom` to the end of the line. */
export interface Completion {
  readonly candidates: readonly string[]
  readonly replaceFrom: number
}

const KEYWORDS = ['case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'until', 'while']
/** Words after which a command begins. */
const BEFORE_COMMANDS = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{', 'exec', 'command', 'nohup', 'time', 'env', 'xargs'])
const SPECIAL = /[\s'"\\$&|;<>()`*?[\]#~!{}]/g
const MOST = 500

/** The word under the cursor: what it means so far, where it begins, and the quote that is open in it. */
interface Word {
  readonly from: number
  readonly text: string
  readonly quote: string
  readonly isCommand: boolean
  /** The command that it is an argument of. */
  readonly of: string
}

/** Names that the shell at the prompt of a session offers for Tab (busybox: libbb/lineedit.c, input_tab); none while another program reads. */
export function completions(kernel: Kernel, session: string, line: string): Completion {
  const nothing: Completion = { candidates: [], replaceFrom: line.length }
  const open = kernel.sessions[session]
  const task = open && foreground(kernel, open).find((t) => t.program.kind === 'shell' && isInteractive(t.program.shell as Shell))
  if (!task || task.program.kind !== 'shell') return nothing
  const word = lastWord(line)
  const shell = task.program.shell as Shell
  const variable = /\$\{?(\w*)$/.exec(word.text)
  if (variable && word.quote !== "'") return { candidates: Object.keys(shell.vars).filter((name) => /^[A-Za-z_]/.test(name) && name.startsWith(variable[1]!)).sort(), replaceFrom: line.length - variable[1]!.length }
  if (word.isCommand && !word.text.includes('/')) return { candidates: commands(kernel, task, shell, word.text), replaceFrom: word.from }
  return files(kernel, task, shell, line, word)
}

function lastWord(line: string): Word {
  let from = 0
  let text = ''
  let quote = ''
  let isCommand = true
  let of = ''
  const end = (at: number): void => {
    if (text === '' && from === at) return
    if (isCommand && !/^\w+=/.test(text)) {
      isCommand = BEFORE_COMMANDS.has(text)
      of = text
    }
  }
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quote !== '') {
      if (c === quote) quote = ''
      else if (c === '\\' && quote === '"' && i + 1 < line.length) text += line[++i]!
      else text += c
    } else if (c === "'" || c === '"') quote = c
    else if (c === '\\') text += line[++i] ?? ''
    else if (/[\s;|&()<>`]/.test(c)) {
      end(i)
      if (/[;|&(`]/.test(c)) isCommand = true
      if (/[<>]/.test(c)) isCommand = false
      from = i + 1
      text = ''
    } else text += c
  }
  return { from, text, quote, isCommand, of }
}

function commands(kernel: Kernel, task: Task, shell: Shell, start: string): readonly string[] {
  const names = new Set([...Object.keys(BUILTINS), ...Object.keys(shell.functions), ...KEYWORDS].filter((name) => name.startsWith(start)))
  const world = kernel.files(task)
  for (const path of (shell.vars['PATH'] ?? DEFAULT_PATH).split(':')) {
    const place = existing(world, path || '.')
    if (failed(place) || place.node.t !== 'd') continue
    for (const name of Object.keys(place.node.entries)) if (name.startsWith(start) && isProgram(world, `${path}/${name}`)) names.add(name)
  }
  return [...names].sort().slice(0, MOST)
}

function isProgram(world: FileWorld, path: string): boolean {
  const place = existing(world, path)
  return !failed(place) && place.node.t === 'f' && (place.node.mode & 0o111) !== 0
}

function files(kernel: Kernel, task: Task, shell: Shell, line: string, word: Word): Completion {
  const slash = word.text.lastIndexOf('/')
  const folder = word.text.slice(0, slash + 1).replace(/^~\//, `${shell.vars['HOME'] ?? ''}/`).replace(/\$\{?(\w+)\}?/g, (whole, name: string) => shell.vars[name] ?? whole)
  const base = word.text.slice(slash + 1)
  const world = kernel.files(task)
  const place = existing(world, folder || '.')
  if (failed(place) || place.node.t !== 'd') return { candidates: [], replaceFrom: line.length }
  const candidates: string[] = []
  for (const name of Object.keys(place.node.entries).sort()) {
    if (!name.startsWith(base) || (name.startsWith('.') && !base.startsWith('.'))) continue
    const target = existing(world, `${folder || './'}${name}`)
    const isFolder = !failed(target) && target.node.t === 'd'
    if ((word.of === 'cd' && !isFolder) || (word.isCommand && !isFolder && !isProgram(world, `${folder}${name}`))) continue
    candidates.push((word.quote === '' ? name.replace(SPECIAL, '\\$&') : name) + (isFolder ? '/' : word.quote))
    if (candidates.length >= MOST) break
  }
  return { candidates, replaceFrom: baseFrom(line, word) }
}

/** Where the last part of the path begins in what was typed, behind its last slash or the quote that is open. */
function baseFrom(line: string, { from, quote }: Word): number {
  const slash = line.lastIndexOf('/')
  if (slash >= from) return slash + 1
  return quote !== '' && line[from] === quote ? from + 1 : from
}
