import { byteCount } from '../../../api/bytes.ts'
import { failed } from '../errno.ts'
import { ask, REASONS } from './net-tools.ts'
import { options, type ToolContext } from './context.ts'
import { duration } from './process-tools.ts'

const LONG: Readonly<Record<string, string>> = {
  output: '-o', 'max-time': '-m', 'connect-timeout': '-m', header: '-H', request: '-X', data: '-d', 'data-raw': '-d', 'data-binary': '-d', 'write-out': '-w', user: '-u', 'user-agent': '-A', silent: '-s', 'show-error': '-S', head: '-I', include: '-i', fail: '-f', location: '-L', insecure: '-k', verbose: '-v', retry: '-r', resolve: '-r', cacert: '-E',
}

/** Long options as short ones; options() takes it from there. */
const shortened = (args: readonly string[]): readonly string[] => args.flatMap((word) => {
  const m = /^--([a-z-]+)(?:=(.*))?$/s.exec(word)
  const short = m ? LONG[m[1]!] : undefined
  return short === undefined ? [word] : m![2] === undefined ? [short] : [short, m![2]]
})

/** -w: what is told of the transfer when it is over. */
const told = (format: string, status: number, size: number): string =>
  format.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/%\{(\w+)\}/g, (_all, name: string) => ({ http_code: String(status).padStart(3, '0'), response_code: String(status).padStart(3, '0'), size_download: String(size), time_total: '0.001000', exitcode: '0' })[name] ?? '')

/** curl: one URL by GET or what -X says; status, headers, timeouts and -w as scripts use them. */
export function curl(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(shortened(c.args), 'omHXdwuArE')
  const url = /^(?:https?:\/\/)?([^/:?]+)(?::(\d+))?([/?].*)?$/.exec(rest[0] ?? '')
  if (!url) {
    c.err(rest.length === 0 ? 'curl: (2) no URL specified\ncurl: try \'curl --help\' for more information\n' : 'curl: (3) URL using bad/illegal format or missing URL\n')
    return rest.length === 0 ? 2 : 3
  }
  const [, host = '', portText, path = '/'] = url
  const port = Number(portText ?? (rest[0]!.startsWith('https') ? 443 : 80))
  const limit = values.get('m')
  const answer = ask(c, host, port, 'http', path, limit === undefined ? undefined : duration(limit))
  if (!answer) return undefined
  const quiet = flags.has('s') && !flags.has('S')
  const complaint = (code: number, text: string): number => {
    if (!quiet) c.err(`curl: (${code}) ${text}\n`)
    if (values.has('w')) c.out(told(values.get('w')!, answer.error ? 0 : answer.status, 0))
    return code
  }
  if (answer.error === 'bad address') return complaint(6, `Could not resolve host: ${host}`)
  if (answer.error === 'timed out') return complaint(28, limit === undefined ? `Failed to connect to ${host} port ${port} after 134000 ms: Connection timed out` : `Connection timed out after ${Math.round((duration(limit) ?? 0) / 1000)} milliseconds`)
  if (answer.error) return complaint(7, `Failed to connect to ${host} port ${port} after 0 ms: ${answer.error === 'Connection refused' ? 'Couldn\'t connect to server' : answer.error}`)
  if (flags.has('f') && !answer.ok) return complaint(22, `The requested URL returned error: ${answer.status}`)
  const head = `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'OK'}\r\nContent-Length: ${byteCount(answer.body)}\r\n\r\n`
  if (flags.has('v')) c.err(`* Connected to ${host} port ${port}\n> ${values.get('X') ?? 'GET'} ${path} HTTP/1.1\n> Host: ${host}\n> \n< HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'OK'}\n< \n`)
  const body = flags.has('I') ? head : `${flags.has('i') ? head : ''}${answer.body}`
  const target = values.get('o')
  if (target === undefined || target === '-') c.out(body)
  else if (target !== '/dev/null') {
    const opened = c.kernel.openFile(c.task, target, 'w')
    if (failed(opened)) return complaint(23, `Failure writing output to destination`)
    c.task.fds = { ...c.task.fds, 98: opened }
    c.kernel.write(c.task, 98, body)
  }
  if (values.has('w')) c.out(told(values.get('w')!, answer.status, byteCount(answer.body)))
  return 0
}
