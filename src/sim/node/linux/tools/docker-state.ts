import { hashText } from '../../../engine/hash.ts'
import type { HostImage, HostState } from '../host.ts'
import type { DockerContainer } from '../machine.ts'
import { hostPid } from '../processes.ts'
import type { ToolContext } from './context.ts'

/** 64 hexadecimal digits that follow from a text. */
export function digestOf(text: string): string {
  let hex = ''
  for (let i = 0; i < 8; i++) hex += hashText(text, i + 31).toString(16).padStart(8, '0')
  return hex
}

const ADJECTIVES = ['bold', 'busy', 'calm', 'clever', 'eager', 'gentle', 'happy', 'keen', 'kind', 'quiet', 'swift', 'wise']
const PEOPLE = ['curie', 'darwin', 'euler', 'galileo', 'hopper', 'kepler', 'lovelace', 'newton', 'noether', 'turing', 'wozniak', 'yalow']
export const nameFrom = (id: string): string => `${ADJECTIVES[Number.parseInt(id.slice(0, 4), 16) % ADJECTIVES.length]!}_${PEOPLE[Number.parseInt(id.slice(4, 8), 16) % PEOPLE.length]!}`

export type DockerStatus = { readonly state: 'created' | 'running' | 'exited'; readonly code: number; readonly endedAt?: number; readonly pid: number }

/** How a container stands: what its first process came to. */
export function statusOf(c: ToolContext, d: DockerContainer): DockerStatus {
  const inner = c.kernel.containers[d.container]
  if (d.startedAt === undefined || !inner) return { state: 'created', code: 0, pid: 0 }
  if (inner.ended) return { state: 'exited', code: inner.ended.code, endedAt: inner.ended.at, pid: 0 }
  return { state: 'running', code: 0, pid: inner.main ? hostPid(c.kernel.machine, inner.main) : 0 }
}

export const dockerContainers = (c: ToolContext): readonly DockerContainer[] => Object.values(c.kernel.docker).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))

/** The container of a name or the beginning of an id. */
export const containerNamed = (c: ToolContext, word: string): DockerContainer | undefined => dockerContainers(c).find((d) => d.name === word.replace(/^\//, '')) ?? (word === '' ? undefined : dockerContainers(c).find((d) => d.id.startsWith(word)))

export function needed(c: ToolContext, word: string): DockerContainer | number {
  return containerNamed(c, word) ?? daemonSays(c, `No such container: ${word}`)
}

export const daemonSays = (c: ToolContext, text: string, code = 1): number => {
  c.err(`Error response from daemon: ${text}\n`)
  return code
}

/** An image by name; pulled when the node has not got it. A number: it failed; undefined: it is on its way. */
export function imageFor(c: ToolContext, host: HostState, name: string): HostImage | number | undefined {
  const found = host.image(name)
  if (found) return found
  const { answer } = c.state as { answer?: { ok: boolean; body: string } }
  if (answer) {
    if (!answer.ok) {
      c.err(`docker: Error response from daemon: ${answer.body}\n\nRun 'docker run --help' for more information\n`)
      return 125
    }
    return host.image(name) ?? daemonSays(c, `No such image: ${name}`, 125)
  }
  if (c.state['asked'] !== true) {
    const full = name.includes(':') ? name : `${name}:latest`
    c.err(`Unable to find image '${full}' locally\n${full.split(':').at(-1)!}: Pulling from ${name.includes('/') ? name.split(':')[0]! : `library/${name.split(':')[0]!}`}\n`)
    c.keep({ asked: true })
    c.askNode({ do: 'pull', image: name })
  }
  return undefined
}

/** "nginx" for docker.io/library/nginx, as docker shows names. */
export const familiar = (reference: string): string => reference.replace(/^docker\.io\/(library\/)?/, '').replace(/:latest$/, '')
