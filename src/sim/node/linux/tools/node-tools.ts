import { clockText } from './clock.ts'
import { options, type Tool, type ToolContext } from './context.ts'
import type { HostState, HostUnit } from '../host.ts'
import { may } from './namespace-tools.ts'

const SYS_ADMIN = 21

/** The node; a complaint where nothing of it can be seen. */
export function nodeOf(c: ToolContext, why: string): HostState | number {
  return c.kernel.host ?? c.fail(why)
}

const unitNamed = (host: HostState, name: string): HostUnit | undefined => host.units.find((u) => u.name === (name.includes('.') ? name : `${name}.service`))

/** systemctl: what systemd runs on the node; the kubelet and the runtime can be stopped and started. */
function systemctl(c: ToolContext): number {
  const { rest } = options(c.args)
  const host = nodeOf(c, 'System has not been booted with systemd as init system (PID 1). Can\'t operate.')
  if (typeof host === 'number') return host
  const [verb = 'list-units', name = ''] = rest
  if (verb === 'list-units') {
    c.out('  UNIT                      LOAD   ACTIVE   SUB     DESCRIPTION\n')
    for (const u of host.units) c.out(`  ${u.name.padEnd(25)} loaded ${(u.active ? 'active' : 'inactive').padEnd(8)} ${(u.active ? 'running' : 'dead').padEnd(7)} ${u.description}\n`)
    return 0
  }
  const unit = unitNamed(host, name)
  if (!unit) return c.fail(verb === 'status' ? `Unit ${name}.service could not be found.` : `Failed to ${verb} ${name}.service: Unit ${name}.service not found.`, verb === 'status' ? 4 : 5)
  switch (verb) {
    case 'is-active':
      c.out(`${unit.active ? 'active' : 'inactive'}\n`)
      return unit.active ? 0 : 3
    case 'status': {
      c.out(`${unit.active ? '●' : '○'} ${unit.name} - ${unit.description}\n     Loaded: loaded (/usr/lib/systemd/system/${unit.name}; enabled; preset: enabled)\n`)
      c.out(`     Active: ${unit.active ? 'active (running)' : 'inactive (dead)'} since ${clockText(unit.since, '%a %Y-%m-%d %H:%M:%S')} UTC\n`)
      if (unit.active) c.out(`   Main PID: ${unit.pid} (${host.processes.find((p) => p.pid === unit.pid)?.comm ?? ''})\n     CGroup: /system.slice/${unit.name}\n             └─${unit.pid} ${unit.command}\n`)
      c.out('\n')
      for (const line of unit.journal.slice(-10)) c.out(`${journalLine(host, unit, line)}\n`)
      return unit.active ? 0 : 3
    }
    case 'stop':
    case 'start':
    case 'restart': {
      const short = unit.name.replace(/\.service$/, '')
      if (!may(c, SYS_ADMIN)) return c.fail(`Failed to ${verb} ${unit.name}: Interactive authentication required.`)
      if (short !== 'kubelet' && short !== 'containerd') return c.fail(`${unit.name} cannot be stopped or started here`)
      c.kernel.tell(c.task, { do: 'unit', unit: short, action: verb })
      return 0
    }
    default:
      return c.fail(`Unknown command verb '${verb}'.`)
  }
}

const journalLine = (host: HostState, unit: HostUnit, { at, text }: HostUnit['journal'][number]): string => `${clockText(at, '%b %d %H:%M:%S')} ${host.name} ${text.startsWith('Started') || text.includes('Deactivated') ? 'systemd[1]' : `${unit.name.replace(/\.service$/, '')}[${unit.pid}]`}: ${text}`

/** journalctl -u UNIT: what the units have said. */
function journalctl(c: ToolContext): number {
  const { values, flags } = options(c.args.map((word) => (word.startsWith('--unit=') ? `-u${word.slice(7)}` : word)), 'un')
  const host = nodeOf(c, 'No journal files were found.')
  if (typeof host === 'number') return host
  const wanted = values.get('u')
  const units = wanted === undefined ? host.units : [unitNamed(host, wanted)].filter((u) => u !== undefined)
  const lines = units.flatMap((unit) => unit.journal.map((line) => ({ at: line.at, text: journalLine(host, unit, line) }))).sort((a, b) => a.at - b.at)
  const count = values.get('n')
  const shown = count === undefined ? lines : lines.slice(-Number(count))
  if (shown.length === 0) c.out('-- No entries --\n')
  for (const { text } of flags.has('r') ? shown.reverse() : shown) c.out(`${text}\n`)
  return 0
}

export const nodeTools: Readonly<Record<string, Tool>> = { systemctl, journalctl }
