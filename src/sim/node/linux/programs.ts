import { ERRORS, failed } from './errno.ts'
import { allowed, existing, type FileWorld } from './files.ts'
import { familyAt } from './shell/family.ts'
import { baseName, type RegularFile } from './fs.ts'
import type { Kernel, Task } from './kernel.ts'
import type { ProgramState } from './machine.ts'
import { shellState } from './shell/state.ts'
import { parseShell } from './shell/parse.ts'
import { SyntaxFault } from './shell/syntax.ts'

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const COMM_LENGTH = 15
const DEEPEST = 4

/** A program that was found and can run. */
export interface Started {
  readonly argv: readonly string[]
  readonly comm: string
  readonly program: ProgramState
}

export type NotFound =
  | { readonly why: 'no-path' }
  | { readonly why: 'no-file'; readonly path: string }
  | { readonly why: 'directory'; readonly path: string }
  | { readonly why: 'permission'; readonly path: string }

/** Looks a program up as execvp does: a path as it is, a name along PATH. */
export function findProgram(world: FileWorld, name: string, path = DEFAULT_PATH): { readonly path: string; readonly node: RegularFile } | NotFound {
  if (name.includes('/')) {
    const place = existing(world, name)
    if (failed(place)) return place.errno === 'EACCES' ? { why: 'permission', path: name } : { why: 'no-file', path: name }
    if (place.node.t === 'd') return { why: 'directory', path: name }
    return place.node.t === 'f' && (place.node.mode & 0o111) !== 0 && allowed(world, place.node, 1) ? { path: name, node: place.node } : { why: 'permission', path: name }
  }
  let denied: NotFound | undefined
  for (const dir of path.split(':')) {
    const whole = `${dir || '.'}/${name}`
    const place = existing(world, whole)
    if (failed(place) || place.node.t !== 'f') continue
    if ((place.node.mode & 0o111) === 0) denied = { why: 'permission', path: whole }
    else return { path: whole, node: place.node }
  }
  return denied ?? { why: 'no-path' }
}

/** busybox ash and bash count in SHLVL how deep they are in each other; dash does not. */
function leveled(world: FileWorld, path: string, env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return familyAt(world, baseName(path)) === 'dash' ? env : { ...env, SHLVL: String((Number.parseInt(env['SHLVL'] ?? '', 10) || 0) + 1) }
}

/** The program behind a file: a tool, or a script for its interpreter. */
export function programOf(world: FileWorld, node: RegularFile, path: string, argv: readonly string[], env: Readonly<Record<string, string>>, depth = 0): Started | undefined {
  if (node.tool === 'sh') return shellProgram(argv, leveled(world, path, env))
  if (node.tool !== undefined) {
    const space = node.tool.indexOf(' ')
    const tool = space < 0 ? node.tool : node.tool.slice(0, space)
    const extra = space < 0 ? undefined : node.tool.slice(space + 1)
    const shown = tool === 'server' ? titleOf(argv) : argv
    return { argv: shown, comm: baseName(shown[0]?.split(':')[0] ?? tool).slice(0, COMM_LENGTH), program: { kind: 'tool', name: tool, state: extra ? { ...(JSON.parse(extra) as object) } : null } }
  }
  const bang = /^#!\s*(\S+)[ \t]*([^\n]*)/.exec(node.data)
  if (!bang) return { ...shellProgram(['sh', path, ...argv.slice(1)], leveled(world, '/bin/sh', env), node.data), comm: baseName(path).slice(0, COMM_LENGTH) }
  if (depth > DEEPEST) return undefined
  const interpreter = existing(world, bang[1]!)
  if (failed(interpreter) || interpreter.node.t !== 'f') return undefined
  const words = [bang[1]!, ...(bang[2] ? [bang[2].trim()] : []), path, ...argv.slice(1)]
  const started = interpreter.node.tool === 'sh' ? shellProgram(words, leveled(world, bang[1]!, env), node.data) : programOf(world, interpreter.node, bang[1]!, words, env, depth + 1)
  return started && { ...started, comm: baseName(path).slice(0, COMM_LENGTH) }
}

/** What a server is called: entry point scripts end with `exec "$@"`, and nginx gives itself a title. */
function titleOf(argv: readonly string[]): readonly string[] {
  const words = /(^|\/)docker-entrypoint\.sh$/.test(argv[0] ?? '') && argv.length > 1 ? argv.slice(1) : argv
  return baseName(words[0] ?? '') === 'nginx' ? [`nginx: master process ${words.join(' ')}`] : words
}

/** A shell with its arguments: `-c`, a script file's text, or commands from its input. */
export function shellProgram(argv: readonly string[], env: Readonly<Record<string, string>>, script?: string): Started {
  const comm = baseName(argv[0] ?? 'sh').slice(0, COMM_LENGTH)
  let i = 1
  let text = script
  let errexit = false
  let xtrace = false
  let nounset = false
  let interactive = false
  while (i < argv.length && /^[-+][A-Za-z]+$/.test(argv[i]!)) {
    const word = argv[i]!
    errexit ||= word.includes('e')
    xtrace ||= word.includes('x')
    nounset ||= word.includes('u')
    interactive ||= word.includes('i')
    i += word.includes('o') ? 2 : 1
    if (word.includes('c')) {
      text = argv[i++] ?? ''
      break
    }
  }
  const isCommand = script === undefined && text !== undefined
  const name = isCommand ? (argv[i] ?? argv[0] ?? 'sh') : script === undefined ? (argv[0] ?? 'sh') : (argv[i] ?? 'sh')
  const params = argv.slice(i + (isCommand || script !== undefined ? 1 : 0))
  if (text === undefined) return { argv, comm, program: { kind: 'tool', name: 'sh-input', state: { file: argv[i], params: argv.slice(i + 1), ...(interactive ? { interactive } : {}) } } }
  const node = parseShell(text)
  if (node instanceof SyntaxFault) return { argv, comm, program: { kind: 'tool', name: 'fault', state: { text: `${name}: ${node.message}\n`, code: 2 } } }
  const shell = { ...shellState(node, name, params, env, isCommand), errexit, xtrace, nounset }
  return { argv, comm, program: { kind: 'shell', shell } }
}

const LONGEST_STRING = 131_072
const LONGEST_ALL = 2_097_152

/** More than execve takes: one string of 128 KiB, all together 2 MiB (include/uapi/linux/binfmts.h, fs/exec.c). */
export function isTooLong(argv: readonly string[], env: Readonly<Record<string, string>>): boolean {
  let all = 0
  for (const word of argv) {
    if (word.length >= LONGEST_STRING) return true
    all += word.length + 9
  }
  for (const name in env) {
    const length = name.length + env[name]!.length + 1
    if (length >= LONGEST_STRING) return true
    all += length + 9
  }
  return all > LONGEST_ALL
}

/** Finds and loads a program for a process; a text says why it cannot be. */
export function startProgram(kernel: Kernel, task: Task, argv: readonly string[], env: Readonly<Record<string, string>>): Started | string {
  const name = argv[0] ?? ''
  if (isTooLong(argv, env)) return `${name}: ${ERRORS.E2BIG}`
  const world = kernel.files(task)
  const found = findProgram(world, name, env['PATH'] ?? DEFAULT_PATH)
  if ('why' in found) return `${name}: ${found.why === 'permission' || found.why === 'directory' ? 'Permission denied' : 'not found'}`
  return programOf(world, found.node, found.path, argv, { ...env }) ?? `${name}: not found`
}
