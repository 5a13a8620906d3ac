import type { Kernel, Task } from '../kernel.ts'
import { parseShell } from '../shell/parse.ts'
import { shellState, type ShellState } from '../shell/state.ts'
import { SyntaxFault, type ShellNode } from '../shell/syntax.ts'
import { reading } from '../shell/toplevel.ts'
import { baseName } from '../fs.ts'
import { ToolContext, type Tool } from './context.ts'
import { curl } from './curl.ts'
import { docker } from './docker.ts'
import { fileTools } from './file-tools.ts'
import { netTools, onServerSignal } from './net-tools.ts'
import { awk } from './awk/index.ts'
import { lineTools } from './line-tools.ts'
import { byteTools } from './byte-tools.ts'
import { crictl } from './crictl.ts'
import { ctr } from './ctr.ts'
import { ipTools } from './ip.ts'
import { nodeTools } from './node-tools.ts'
import { namespaceTools } from './namespace-tools.ts'
import { processTools } from './process-tools.ts'
import { packages } from './packages.ts'
import { statTools } from './stat-tools.ts'
import { runtime } from './runtime.ts'
import { psTools } from './ps.ts'
import { gzip, tar } from './tar.ts'
import { tree } from './tree.ts'
import { textTools } from './text-tools.ts'

/** A shell that reads its commands from a file or from its input. */
const shellInput: Tool = (c) => {
  const file = c.state['file'] as string | undefined
  const state = (node: ShellNode | null): ShellState => shellState(node, file ?? c.task.argv[0] ?? 'sh', (c.state['params'] as readonly string[] | undefined) ?? [], c.task.env, false)
  if (file === undefined) {
    c.task.program = { kind: 'shell', shell: reading(state(null), c.kernel.isTty(c.task, 0) || c.state['interactive'] === true, c.kernel.isTty(c.task, 0)) }
    return undefined
  }
  const text = c.readFile(file)
  if (text === undefined) return 2
  const node = text.trim() === '' ? null : parseShell(text)
  if (node instanceof SyntaxFault) return c.fail(node.message, 2)
  if (!node) return 0
  c.task.program = { kind: 'shell', shell: state(node) }
  return undefined
}

/** Programs that only nodes have. */
const OF_NODES = ['crictl', 'ctr', 'docker', 'systemctl', 'journalctl', 'lsns', 'findmnt']

const TOOLS: Readonly<Record<string, Tool>> = { ...textTools, ...lineTools, ...fileTools, ...processTools, ...netTools, ...ipTools, ...psTools, ...namespaceTools, ...nodeTools, ...byteTools, ...statTools, awk, gawk: awk, crictl, ctr, curl, docker, runtime, packages, apk: packages, apt: packages, 'apt-get': packages, yum: packages, dnf: packages, tar, tree, gzip, gunzip: gzip, zcat: gzip, 'sh-input': shellInput }

/** Programs that images have under these names; the rest of a busybox says by name that it is not modelled. */
export const TOOL_NAMES: readonly string[] = Object.keys(TOOLS).filter((name) => !['fault', 'sh-input', 'server', 'needs', 'pause', 'curl', 'runtime', 'packages', ...OF_NODES].includes(name)).sort()

/** Well-known programs of a busybox that are not modelled: running one says so and fails. */
export const UNMODELLED: readonly string[] = ['vi', 'watch', 'telnet', 'ftpget', 'crond', 'patch', 'stty', 'su', 'login', 'passwd', 'adduser', 'mknod', 'losetup', 'fdisk', 'traceroute', 'arping', 'iptables', 'lsof', 'strace', 'bc', 'dc', 'ed']

/** One step of a program that is not a shell. */
export function stepTool(kernel: Kernel, task: Task, name: string): void {
  const shown = ['sh-input', 'server', 'fault', 'runtime', 'packages'].includes(name) ? baseName(task.argv[0] ?? name) : name
  const c = new ToolContext(kernel, task, shown)
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined
  if (!tool) {
    c.fail('this program is not modelled here')
    return kernel.exit(task, 127)
  }
  // An answer from outside goes into the state, where the tool finds it when it runs again.
  const before = task.program
  const code = tool(c)
  if (code !== undefined) return kernel.exit(task, code)
  if (task.wait === null && task.program === before && task.exit === undefined) kernel.wait(task, { for: 'ever' })
}

/** Does the program handle a signal by itself? */
export function toolOnSignal(kernel: Kernel, task: Task, name: string, signal: string): 'handled' | 'default' {
  if (name === 'server') return onServerSignal(new ToolContext(kernel, task, name), signal) ? 'handled' : 'default'
  if (name === 'pause' && (signal === 'TERM' || signal === 'INT')) {
    kernel.exit(task, 0)
    return 'handled'
  }
  return 'default'
}
