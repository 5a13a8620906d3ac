import { file, withPath } from '../fs.ts'
import type { ToolContext } from './context.ts'

/** Programs that package managers can bring, because they are modelled. */
const BRINGS = ['curl', 'bash', 'wget', 'tar', 'gzip', 'lsns', 'findmnt', 'pstree']

/** apk, apt-get, yum, pip …: packages whose programs are modelled are installed; of others it is said that nothing is. */
export function packages(c: ToolContext): number {
  const words = c.args.filter((word) => !word.startsWith('-'))
  const [verb = '', ...names] = words
  if (!['add', 'install'].includes(verb)) return 0
  if (c.task.user.uid !== 0) return c.fail('are you root?', 100)
  const unknown: string[] = []
  for (const name of names) {
    const plain = name.split(/[=<>@~]/)[0]!
    if (!BRINGS.includes(plain)) {
      unknown.push(plain)
      continue
    }
    const container = c.kernel.containers[c.task.container]!
    const fs = (c.task.view?.mounts ?? container.mounts)[0]!.fs
    const root = c.kernel.tree(fs)
    if (root) c.kernel.roots[fs] = withPath(root, `/usr/bin/${plain}`, { ...file('', 0o755, c.now), tool: plain === 'bash' ? 'sh' : plain }, c.now)
    c.out(`Installing ${plain}\n`)
  }
  if (unknown.length > 0) c.err(`${c.name}: what is in ${unknown.join(', ')} is not modelled here: nothing of it is installed\n`)
  return 0
}
