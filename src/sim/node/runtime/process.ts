import type { Container } from '../../api/container.ts'
import type { Micros } from '../../engine/time.ts'
import type { Program } from '../../images/image.ts'
import { runScript, type ScriptRun } from './shell.ts'

/** A container's main process as a function of time: everything that can be asked of it is computed from here. */
export interface Process {
  /** Ports on which it answers, from `servesAfter` on. */
  readonly ports: readonly number[]
  readonly servesAfter: Micros
  /** Paths that answer 200; absent: every path. */
  readonly paths?: readonly string[]
  readonly run: ScriptRun
  /** After TERM: ends so much later with that code; absent: ignores TERM, as PID 1 without a handler does. */
  readonly onTerm?: { readonly after: Micros; readonly code: number }
}

const SHELLS = new Set(['sh', 'bash', 'ash', '/bin/sh', '/bin/bash', '/bin/ash'])
const SERVES_FOREVER: ScriptRun = { lines: [], files: [], trapsTerm: true }

/** The process that a container of an image runs, command and args considered. */
export function processOf(container: Container, program: Program): Process {
  const command = [...(container.command ?? []), ...(container.args ?? [])]
  if (container.command?.length || (container.args?.length && program.kind === 'shell')) return ofCommand(container, command, program)
  if (program.kind === 'server') return ofServer(container, program)
  if (program.kind === 'needs') {
    const given = container.env?.some((e) => program.env.includes(e.name)) || (container.envFrom?.length ?? 0) > 0
    if (given) return ofServer(container, program.server)
    return script({ lines: program.log.map((text) => ({ at: 0, text })), files: [], trapsTerm: true, end: { at: 50_000, code: 1 } })
  }
  // A shell without a terminal finds the end of its input and leaves.
  return script(container.tty && container.stdin ? { lines: [], files: [], trapsTerm: false } : { lines: [], files: [], trapsTerm: false, end: { at: 5_000, code: 0 } })
}

function ofServer(container: Container, program: Extract<Program, { kind: 'server' }>): Process {
  const declared = (container.ports ?? []).map((p) => p.containerPort)
  return {
    ports: program.ports.length > 0 ? program.ports : declared,
    servesAfter: program.startsIn,
    ...(program.paths ? { paths: program.paths } : {}),
    run: { ...SERVES_FOREVER, lines: program.log.map((text) => ({ at: program.startsIn, text })) },
    onTerm: { after: program.stopsIn, code: 0 },
  }
}

function ofCommand(container: Container, command: readonly string[], program: Program): Process {
  const [name = '', ...args] = command
  if (SHELLS.has(name)) {
    const flag = args.findIndex((a) => /^-[a-z]*c$/.test(a))
    return flag < 0 ? script({ lines: [], files: [], trapsTerm: false, end: { at: 5_000, code: 0 } }) : script(runScript(args[flag + 1] ?? ''))
  }
  const simple = new Set(['sleep', 'echo', 'true', 'false', 'tail', 'touch', '/bin/sleep', '/bin/true', '/bin/false', '/bin/echo'])
  if (simple.has(name)) return script(runScript([name.replace('/bin/', ''), ...args.map((a) => `'${a.replaceAll("'", '')}'`)].join(' ')))
  // Some other program of the image: it is taken for a server on the ports that are declared.
  const server = program.kind === 'server' ? program : program.kind === 'needs' ? program.server : undefined
  return ofServer(container, { kind: 'server', ports: server?.ports ?? [], startsIn: server?.startsIn ?? 200_000, stopsIn: server?.stopsIn ?? 50_000, log: [], ...(server?.paths ? { paths: server.paths } : {}) })
}

const script = (run: ScriptRun): Process => ({ ports: [], servesAfter: 0, run, ...(run.trapsTerm ? { onTerm: { after: 20_000, code: 0 } } : {}) })

/** Log lines written in [0, age], each with its instant relative to the start. The last `limit` only. */
export function linesUntil({ run }: Process, age: Micros, limit = 1000): readonly { readonly at: Micros; readonly text: string }[] {
  const lines = run.lines.filter((line) => line.at <= age)
  const { loop } = run
  if (loop && age >= loop.at && loop.lines.length > 0) {
    const turns = Math.floor((age - loop.at) / loop.every)
    const first = Math.max(0, turns - Math.ceil(limit / loop.lines.length))
    for (let turn = first; turn <= turns; turn++)
      for (const line of loop.lines) {
        const at = loop.at + turn * loop.every + line.at
        if (at <= age) lines.push({ at, text: line.text })
      }
  }
  return lines.slice(-limit)
}

/** Does a file exist at `age`? Only files that the script itself makes and removes are known. */
export function fileExists({ run }: Process, path: string, age: Micros): boolean {
  let exists = false
  for (const file of run.files) if (file.at <= age && file.path === path) exists = file.exists
  return exists
}

/** Instants after which nothing that a probe can see changes any more. */
export const lastBreakpoint = ({ servesAfter, run }: Process): Micros => Math.max(servesAfter, 0, ...run.files.map((f) => f.at))
