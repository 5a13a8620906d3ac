import type { Image, Program } from '../../images/image.ts'
import { directory, file, link, withPath, type Directory, type FsNode } from './fs.ts'
import { TOOL_NAMES, UNMODELLED } from './tools/index.ts'
import { GROUP, PASSWD } from './users.ts'

export const program = (tool: string, mode = 0o755): FsNode => ({ ...file('', mode), tool })

const BIN: Directory = directory(Object.fromEntries([['busybox', program('sh')], ['sh', program('sh')], ['ash', program('sh')], ...[...TOOL_NAMES, ...UNMODELLED].map((name) => [name, program(name)])]))

/** What every image with a shell has: a busybox and a minimal /etc. Shared by all of them: it is one tree. */
export const BASE: Directory = directory({
  bin: BIN,
  dev: directory(),
  etc: directory({ passwd: file(PASSWD), group: file(GROUP), hostname: file(''), hosts: file(''), 'resolv.conf': file(''), os: file(''), 'nsswitch.conf': file('hosts: files dns\n') }),
  home: directory(),
  proc: directory({}, 0o555),
  root: directory({}, 0o700),
  sys: directory({}, 0o555),
  tmp: directory({}, 0o1777),
  usr: directory({ bin: directory({ env: program('env') }), sbin: directory(), local: directory({ bin: directory() }), share: directory() }),
  var: directory({ log: directory(), run: directory(), tmp: directory({}, 0o1777) }),
})

/** An image without a shell. */
const BARE: Directory = directory({ dev: directory(), etc: directory({ passwd: file(PASSWD), group: file(GROUP) }), proc: directory({}, 0o555), sys: directory({}, 0o555), tmp: directory({}, 0o1777), usr: directory({ bin: directory() }), var: directory({ run: directory() }) })

const memo = new Map<string, FsNode>()

/** What of an image its root tree is made of. */
type RootParts = Pick<Image, 'binaries' | 'files' | 'bare' | 'program' | 'contents' | 'bash'>

/** The root tree of an image: base, its programs, its files. Images with the same contents share one tree, whatever they are called. */
export function rootOf(image: RootParts, ports: readonly number[]): FsNode {
  if (image.contents) return image.contents as FsNode
  const key = `${ports.join(',')} ${contentsOf(image)}`
  let tree = memo.get(key)
  if (!tree) {
    tree = image.bare ? BARE : BASE
    if (image.bash) tree = withPath(tree, '/bin/bash', program('sh'))
    for (const path of image.binaries ?? []) tree = withPath(tree, path.includes('/') ? path : `/usr/bin/${path}`, program(toolFor(image.program, ports)))
    for (const [path, data] of Object.entries(image.files ?? {})) tree = withPath(tree, path, data.startsWith('->') ? link(data.slice(2)) : path.endsWith('/') ? directory() : file(data, data.startsWith('#!') ? 0o755 : 0o644))
    if (memo.size > 500) memo.clear()
    memo.set(key, tree)
  }
  return tree
}

const contents = new WeakMap<RootParts, string>()

function contentsOf(image: RootParts): string {
  let text = contents.get(image)
  if (text === undefined) contents.set(image, (text = JSON.stringify([image.bare, image.bash, image.binaries, image.files, image.program])))
  return text
}

/** A program of the image as the tool that plays it. */
export function toolFor(p: Program, ports: readonly number[]): string {
  if (p.kind === 'server') return `server ${JSON.stringify({ ports: p.ports.length > 0 ? p.ports : ports, startsIn: p.startsIn, stopsIn: p.stopsIn, log: p.log, ...(p.paths ? { paths: p.paths } : {}), ...(p.body ? { body: p.body } : {}), ...(p.root ? { root: p.root } : {}), ...(p.tls ? { tls: p.tls } : {}) })}`
  if (p.kind === 'needs') return toolFor(p.server, ports)
  if (p.kind === 'runtime') return `runtime ${JSON.stringify({ version: p.version })}`
  return 'sh'
}
