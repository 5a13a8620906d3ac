import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import { normalize } from '../fs.ts'
import { packages } from './packages.ts'
import type { ToolContext } from './context.ts'

const STARTS_IN = 150_000
const SERVER_MODULE = 'http.server'

/**
 * An interpreter of a language: what a script says is not carried out. One that names a port (or whose container declares one)
 * serves there until it is told to stop; another one ends at once.
 */
export function runtime(c: ToolContext): number | undefined {
  if (c.state['up'] === true) return c.wait({ for: 'ever' })
  if (c.state['from'] !== undefined) return begin(c, c.state['from'] as readonly number[])
  const words = c.args
  if (words.some((word) => word === '--version' || word === '-V' || word === '-v')) {
    c.out(`${c.state['version'] as string}\n`)
    return 0
  }
  if (words.length === 0) return 0
  if (words[0] === '-c' || words[0] === '-e') return c.fail('a program given as an argument is not modelled here')
  if (words[0] === '-m') {
    if (words[1] !== SERVER_MODULE) return c.fail(`the module ${words[1] ?? ''} is not modelled here`)
    c.keep({ home: c.task.cwd })
    return begin(c, [Number(words[2] ?? 8000)])
  }
  const script = words.find((word) => !word.startsWith('-')) ?? ''
  // `npm start` and the like are told by the container's ports alone.
  const isTool = ['npm', 'npx', 'pip', 'pip3'].includes(c.task.comm)
  const place = existing(c.files, script)
  if (!isTool && (failed(place) || place.node.t !== 'f')) return c.fail(`can't open file '${normalize(script, c.task.cwd)}': [Errno 2] No such file or directory`, 2)
  if (isTool && !['start', 'run', 'serve'].includes(words[0]!)) return packages(c)
  const declared = c.kernel.containers[c.task.container]!.ports
  const text = !failed(place) && place.node.t === 'f' ? place.node.data : ''
  const named = [...text.matchAll(/(?:\bport\s*[=:]\s*|\blisten\(\s*)["']?(\d{2,5})\b/gi)].map((m) => Number(m[1]))
  const ports = declared.length > 0 ? declared : [...new Set(named)].filter((n) => n > 0 && n < 65_536)
  return ports.length === 0 ? 0 : begin(c, ports)
}

function begin(c: ToolContext, ports: readonly number[]): number | undefined {
  const at = c.task.startedAt + STARTS_IN
  c.keep({ from: ports })
  if (c.now < at) return c.sleepUntil(at)
  c.keep({ up: true, ports })
  c.task.listens = ports
  return c.wait({ for: 'ever' })
}
