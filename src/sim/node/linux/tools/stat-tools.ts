import { failed } from '../errno.ts'
import { readFile, resolve } from '../files.ts'
import { stateOf, type Seen } from '../processes.ts'
import { options, type Tool, type ToolContext } from './context.ts'
import { nameOf, visible } from './ps.ts'

const MIB = 1024 * 1024
const EVERY = 5_000_000

/** What of the node's memory is in use. */
const usedMemory = (c: ToolContext): number => c.kernel.host?.used.memory ?? Math.floor(c.kernel.setting.memory / 4)

/** How much of the processors a process takes now, in thousandths of one: the first of a container stands for its load. */
function loadOf(c: ToolContext, p: Seen): number {
  if (p.task) {
    const container = c.kernel.containers[p.task.container]
    return container?.main === p.task.id ? (c.kernel.setting.usage?.(p.task.container, c.now).cpu ?? 0) : 0
  }
  const of = c.kernel.host?.pods.flatMap((pod) => pod.containers).find((x) => x.pid !== 0 && x.pid === p.nspid[0])
  return of?.usage.cpu ?? 0
}

/** top of busybox: once with -n 1, else again every five seconds. */
function top(c: ToolContext): number | undefined {
  const { values } = options(c.args, 'nd')
  const rounds = values.has('n') ? Number(values.get('n')) : Infinity
  const shown = (c.state['shown'] as number | undefined) ?? 0
  if (shown >= rounds) return 0
  const { memory: total, cpus } = c.kernel.setting
  const used = usedMemory(c)
  const rows = visible(c).map((p) => ({ p, load: loadOf(c, p) })).sort((a, b) => b.load - a.load || a.p.pid - b.p.pid)
  const busy = Math.min(100, Math.round(rows.reduce((sum, r) => sum + r.load, 0) / (10 * cpus)))
  c.out(`Mem: ${Math.floor(used / 1024)}K used, ${Math.floor((total - used) / 1024)}K free, 0K shrd, 0K buff, 0K cached\nCPU: ${String(busy).padStart(3)}% usr   0% sys   0% nic ${String(100 - busy).padStart(3)}% idle   0% io   0% irq   0% sirq\nLoad average: ${(busy * cpus / 100).toFixed(2)} ${(busy * cpus / 100).toFixed(2)} ${(busy * cpus / 100).toFixed(2)} 1/${rows.length} ${c.task.pid}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n`)
  for (const { p, load } of rows.slice(0, 200)) c.out(`${String(p.pid).padStart(5)} ${String(p.ppid).padStart(5)} ${nameOf(p.user.uid).padEnd(8)} ${(load < 100 || p.stopped ? stateOf(p) : 'R').padEnd(4)} ${String(Math.ceil(p.memory / 1024)).padStart(5)} ${String(Math.round((100 * p.memory) / total)).padStart(3)}%   0 ${String(Math.round(load / (10 * cpus))).padStart(3)}% ${p.argv.join(' ')}\n`)
  c.keep({ shown: shown + 1 })
  return shown + 1 >= rounds ? 0 : c.sleepUntil(c.now + EVERY)
}

function free(c: ToolContext): number {
  const { flags } = options(c.args)
  const total = c.kernel.setting.memory
  const unit = flags.has('m') ? MIB : flags.has('g') ? 1024 * MIB : flags.has('b') ? 1 : 1024
  const used = usedMemory(c)
  const cached = Math.floor((total - used) / 8)
  const cell = (n: number): string => String(Math.floor(n / unit)).padStart(12)
  c.out('              total        used        free      shared  buff/cache   available\n')
  c.out(`Mem:   ${cell(total)}${cell(used)}${cell(total - used - cached)}${cell(0)}${cell(cached)}${cell(total - used)}\n`)
  c.out(`Swap:  ${cell(0)}${cell(0)}${cell(0)}\n`)
  return 0
}

/** sysctl: reads /proc/sys; parameters are set by the pod's securityContext. */
function sysctl(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const names: string[] = []
  const walk = (path: string): void => {
    const place = resolve(c.files, `/proc/sys${path}`)
    if (failed(place) || !place.node) return
    if (place.node.t === 'd') for (const name of Object.keys(place.node.entries).sort()) walk(`${path}/${name}`)
    else names.push(path.slice(1).replaceAll('/', '.'))
  }
  if (flags.has('a')) walk('')
  let status = 0
  for (const word of [...names, ...rest]) {
    const [name = '', value] = word.split('=')
    if (value !== undefined) {
      status = c.fail(`error setting key '${name}': Read-only file system`)
      continue
    }
    const text = readFile(c.files, `/proc/sys/${name.replaceAll('.', '/')}`)
    if (failed(text)) status = c.fail(`error: '${name}' is an unknown key`)
    else c.out(flags.has('n') ? text : `${name} = ${text.replace(/\n$/, '')}\n`)
  }
  return status
}

export const statTools: Readonly<Record<string, Tool>> = { top, free, sysctl }
