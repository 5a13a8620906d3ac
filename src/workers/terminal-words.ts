const READING = new Set(['get', 'describe', 'logs', 'explain', 'api-resources', 'api-versions', 'version', 'cluster-info', 'diff', 'top', 'help', 'options', 'events'])
const READING_ROLLOUT = new Set(['history'])
const FOLLOWS = /^(-w|--watch|--watch-only|-f|--follow)$/
/** True for a command that only reads, so that it may run as a ghost that leaves no trace. */
export function isReading(argv: readonly string[]): boolean {
  const words = argv.filter((word) => !word.startsWith('-'))
  const follows = argv.some((word) => FOLLOWS.test(word)) && words[0] !== 'apply'
  if (follows) return false
  return READING.has(words[0] ?? 'help') || (words[0] === 'rollout' && READING_ROLLOUT.has(words[1] ?? ''))
}

const TAKES_INPUT = new Set(['exec', 'attach', 'run', 'debug'])

/** Does the command pass its input on to a process in a container (`-i`)? */
export function takesInput(argv: readonly string[]): boolean {
  const dash = argv.indexOf('--')
  const own = dash < 0 ? argv : argv.slice(0, dash)
  const verb = own.find((word) => !word.startsWith('-')) ?? ''
  return TAKES_INPUT.has(verb) && own.some((word) => /^-[a-z]*i[a-z]*$/.test(word) || word === '--stdin' || word === '--stdin=true')
}

/** A line whose commands write to the terminal and read from it: without quotes and substitutions it has no pipe or redirection. */
export function atTerminal(line: string): boolean {
  let plain = line.replace(/\\./g, '').replace(/'[^']*'/g, '').replace(/"(?:[^"$`]|\$(?!\())*"/g, '')
  for (let before = ''; before !== plain; ) {
    before = plain
    plain = plain.replace(/\$\([^()]*\)|`[^`]*`/g, '')
  }
  return !/[|<>]/.test(plain)
}
