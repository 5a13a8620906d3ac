import type { Micros } from '../../engine/time.ts'

/** What a script does over time, measured from its start: the model of a process that is a shell. */
export interface ScriptRun {
  /** Lines that it writes. */
  readonly lines: readonly { readonly at: Micros; readonly text: string }[]
  /** Files that it makes and removes. */
  readonly files: readonly { readonly at: Micros; readonly path: string; readonly exists: boolean }[]
  /** When and how it ends; absent: it runs for ever. */
  readonly end?: { readonly at: Micros; readonly code: number }
  /** A part that repeats for ever from `at` on, every `every` µs; its lines are relative to each turn. */
  readonly loop?: { readonly at: Micros; readonly every: Micros; readonly lines: readonly { readonly at: Micros; readonly text: string }[] }
  /** Handles TERM (trap), so that it ends with code 0 at once. */
  readonly trapsTerm: boolean
}

const FOREVER = Symbol('forever')
/** A loop that does not wait would run for ever at one instant; a turn takes at least this long. */
const SHORTEST_TURN: Micros = 1_000
const LONGEST = 10_000

interface State {
  at: Micros
  code: number
  trapsTerm: boolean
  lines: { at: Micros; text: string }[]
  files: { at: Micros; path: string; exists: boolean }[]
  loop?: ScriptRun['loop']
}

/** Thrown by `exit`. */
class Exit {
  constructor(readonly code: number) {}
}

/**
 * Interprets the small shell scripts that manifests carry: echo, sleep, exit, true, false, touch, rm, trap, `:`, `;`, `&&`,
 * `||`, `while true`/`for` loops, redirection to files. Anything else ends it as a missing command would, and says so.
 */
export function runScript(script: string): ScriptRun {
  const state: State = { at: 0, code: 0, trapsTerm: false, lines: [], files: [] }
  let endless = false
  try {
    endless = run(tokenize(script), state) === FOREVER
  } catch (thrown) {
    if (!(thrown instanceof Exit)) throw thrown
    state.code = thrown.code
  }
  const { at, code, lines, files, loop, trapsTerm } = state
  return { lines, files, trapsTerm, ...(loop ? { loop } : {}), ...(endless ? {} : { end: { at, code } }) }
}

/** Words and the operators `; && || newline ( )`, quotes removed. */
function tokenize(script: string): readonly string[] {
  const tokens: string[] = []
  for (const [, quoted, single, operator, word] of script.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(&&|\|\||;|\n|&)|((?:[^\s;&|"'\\]|\\.|\|(?!\|))+)/g)) {
    if (operator !== undefined) tokens.push(operator === '\n' ? ';' : operator)
    else tokens.push(quoted ?? single ?? word ?? '')
  }
  return tokens
}

const SEPARATORS = new Set([';', '&&', '||', '&'])

function run(tokens: readonly string[], state: State): typeof FOREVER | undefined {
  let operator = ';'
  for (let i = 0; i < tokens.length; ) {
    if (SEPARATORS.has(tokens[i]!)) {
      operator = tokens[i]!
      i++
      continue
    }
    if (tokens[i] === 'while' || tokens[i] === 'for' || tokens[i] === 'until') {
      const done = matching(tokens, i)
      if (done < 0) return complain(state, 'syntax error: unexpected end of file')
      if (loop(tokens.slice(i, done), state) === FOREVER) return FOREVER
      i = done + 1
      continue
    }
    let end = i
    while (end < tokens.length && !SEPARATORS.has(tokens[end]!)) end++
    const skip = (operator === '&&' && state.code !== 0) || (operator === '||' && state.code === 0)
    if (!skip && command(tokens.slice(i, end), state) === FOREVER) return FOREVER
    i = end
  }
  return undefined
}

/** Index of the `done` that closes the loop at `from`. */
function matching(tokens: readonly string[], from: number): number {
  let depth = 0
  for (let i = from; i < tokens.length; i++) {
    if (tokens[i] === 'do') depth++
    if (tokens[i] === 'done' && --depth === 0) return i
  }
  return -1
}

function loop(tokens: readonly string[], state: State): typeof FOREVER | undefined {
  const start = tokens.indexOf('do')
  const body = tokens.slice(start + 1)
  if (tokens[0] === 'for') {
    const items = tokens.slice(tokens.indexOf('in') + 1, start).filter((t) => t !== ';')
    const name = tokens[1]!
    for (const item of items.slice(0, LONGEST)) if (run(body.map((t) => t.replaceAll(`$${name}`, item).replaceAll(`\${${name}}`, item)), state) === FOREVER) return FOREVER
    return undefined
  }
  const condition = tokens.slice(1, start).filter((t) => t !== ';').join(' ')
  const endless = tokens[0] === 'until' ? condition === 'false' : condition === 'true' || condition === ':' || condition === '[ 1 ]' || condition === '[ true ]'
  if (!endless) return complain(state, `the condition "${condition}" of a loop is not modelled here`)
  const turn: State = { at: 0, code: 0, trapsTerm: state.trapsTerm, lines: [], files: [] }
  if (run(body, turn) === FOREVER) {
    append(state, turn)
    return FOREVER
  }
  state.trapsTerm = turn.trapsTerm
  state.loop = { at: state.at, every: Math.max(turn.at, SHORTEST_TURN), lines: turn.lines }
  return FOREVER
}

function append(state: State, more: State): void {
  state.lines.push(...more.lines.map((line) => ({ ...line, at: line.at + state.at })))
  state.at += more.at
}

function complain(state: State, text: string, code = 2): undefined {
  state.lines.push({ at: state.at, text: `sh: ${text}` })
  throw new Exit(code)
}

/** "5", "1.5", "2m", "infinity" as sleep reads them; undefined: for ever. */
function duration(text: string): Micros | undefined {
  if (/^inf/.test(text)) return undefined
  const m = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text)
  if (!m) return 0
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }[m[2] as '']
  return Math.round(Number(m[1]) * unit * 1_000_000)
}

function command(words: readonly string[], state: State): typeof FOREVER | undefined {
  const redirect = words.findIndex((word) => /^\d?>>?/.test(word))
  const target = redirect < 0 ? undefined : (words[redirect]!.replace(/^\d?>>?/, '') || words[redirect + 1])
  const [name = '', ...args] = redirect < 0 ? words : words.slice(0, redirect)
  if (target !== undefined && !target.startsWith('/dev/') && !target.startsWith('&')) state.files.push({ at: state.at, path: target, exists: true })
  state.code = 0
  switch (name) {
    case '':
    case ':':
    case 'true':
    case 'set':
    case 'export':
    case 'cd':
    case 'mkdir':
    case 'chmod':
      return undefined
    case 'false':
      state.code = 1
      return undefined
    case 'exec':
      return command(args, state)
    case 'echo':
    case 'printf':
      if (target === undefined) state.lines.push({ at: state.at, text: args.filter((a, i) => !(i === 0 && /^-[ne]+$/.test(a))).join(' ') })
      return undefined
    case 'date':
    case 'hostname':
      return undefined
    case 'sleep': {
      const wait = duration(args[0] ?? '')
      if (wait === undefined) return FOREVER
      state.at += wait
      return undefined
    }
    case 'exit':
      throw new Exit(Number(args[0] ?? 0) & 255)
    case 'touch':
    case 'rm':
      for (const path of args.filter((a) => !a.startsWith('-'))) state.files.push({ at: state.at, path, exists: name === 'touch' })
      return undefined
    case 'trap':
      if (/TERM|15/.test(args.slice(1).join(' '))) state.trapsTerm = true
      return undefined
    case 'tail':
    case 'wait':
      return FOREVER
    default:
      return complain(state, `${name}: not found (this cluster models only small scripts)`, 127)
  }
}
