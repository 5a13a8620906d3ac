import type { Pod } from '../../api/pod.ts'
import type { ExecResult } from '../../api/pod-streams.ts'
import { tarArchive, tarEntries, type TarEntry } from '../../api/tar.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { get, PODS } from '../../client/request.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { executed } from '../executing.ts'
import { fail, Failure, statusText } from '../failure.ts'
import { containerOf } from '../pods-behind.ts'

export const cpVerb: Verb = {
  name: 'cp',
  summary: 'Copy files from and to containers (which need tar)',
  usage: ['kubectl cp notes.txt web-1:/tmp/', 'kubectl cp web-1:/tmp/notes.txt notes.txt'],
  run: cp,
}

interface Place {
  readonly namespace?: string
  readonly pod?: string
  readonly file: string
}

const FORM = 'filespec must match the canonical format: [[namespace/]pod:]file/path'

function placeOf(text: string): Place {
  const colon = text.indexOf(':')
  if (colon < 0) return { file: text }
  const [first = '', second, ...more] = text.slice(0, colon).split('/')
  if (colon === 0 || more.length > 0) fail(FORM)
  const file = text.slice(colon + 1)
  return second === undefined ? { pod: first, file } : { namespace: first, pod: second, file }
}

/** Files go through tar in the container (kubectl: cp.go). */
function cp(ctx: KubectlContext, inv: Invocation): number {
  if (inv.args.length !== 2) fail('source and destination are required')
  const [from, to] = inv.args.map(placeOf) as [Place, Place]
  if (from.pod && to.pod) fail('one of src or dest must be a local file specification')
  if (from.file === '' || to.file === '') fail('filepath can not be empty')
  const remote = from.pod ? from : to
  if (!remote.pod) return fail('one of src or dest must be a remote file specification')
  if (to.pod && !existsHere(ctx, from.file)) fail(`${from.file} doesn't exist in local filesystem`)
  const pod = ctx.call(get(PODS, remote.namespace ?? inv.namespace, remote.pod)) as unknown as Pod | Status
  if (isStatus(pod)) throw new Failure(statusText(pod))
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = containerOf(ctx, pod, inv.flags.text('container'))
  if (!pod.spec.nodeName) fail(`unable to upgrade connection: pod ${pod.metadata.name} does not have a host assigned`)
  return to.pod ? upload(ctx, inv, { pod, container }, from.file, to.file) : download(ctx, inv, { pod, container }, from.file, to.file)
}

interface Side {
  readonly pod: Pod
  readonly container: string
}

const base = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? ''
const parent = (path: string): string => {
  const at = path.replace(/\/+$/, '').lastIndexOf('/')
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at)
}

function upload(ctx: KubectlContext, { flags }: Invocation, { pod, container }: Side, from: string, to: string): number {
  const isDirectory = executed(ctx, pod, { container, command: ['test', '-d', to] }).code === 0
  const target = isDirectory ? `${to.replace(/\/+$/, '')}/${base(clean(from))}` : to.replace(/(.)\/+$/, '$1')
  const options = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner', '-xmf', '-'] : ['-xmf', '-']
  const archive = tarArchive(membersOf(ctx.files, clean(from), base(target), Math.floor(ctx.now / 1_000_000) + EPOCH))
  return ended(ctx, executed(ctx, pod, { container, command: ['tar', ...options, '-C', parent(target)], stdin: archive }))
}

/** The named file, or all files below the named folder, under the name that they get. */
function membersOf(files: KubectlContext['files'], from: string, name: string, mtime: number): readonly TarEntry[] {
  const entry = (to: string, content: string): TarEntry => ({ name: to, type: 'file', mode: 0o644, uid: 1000, gid: 1000, mtime, content, to: '' })
  if (files[from] !== undefined) return [entry(name, files[from])]
  const inside = from === '.' ? '' : `${from}/`
  return Object.keys(files).filter((path) => path.startsWith(inside)).sort().map((path) => entry(`${name}/${path.slice(inside.length)}`, files[path]!))
}

function download(ctx: KubectlContext, _inv: Invocation, { pod, container }: Side, from: string, to: string): number {
  const { stdout, stderr, code } = executed(ctx, pod, { container, command: ['tar', 'cf', '-', from] })
  ctx.out(stderr)
  const { entries, fault } = tarEntries(stdout)
  const prefix = clean(from.replace(/^\/+/, '')).replace(/^(?:\.\.?\/)+/, '')
  const isFolder = to === '.' || to.endsWith('/') || Object.keys(ctx.files).some((path) => path.startsWith(`${clean(to)}/`))
  let warned = false
  for (const { name, type, content, to: link } of entries) {
    if (!name.startsWith(prefix)) return fail(`tar contents corrupted`)
    const rest = clean(name.slice(prefix.length).replace(/^\/+/, ''))
    if (rest.split('/').includes('..')) {
      ctx.err(`warning: file ${JSON.stringify(name)} is outside target destination, skipping\n`)
      continue
    }
    const path = rest === '.' ? clean(to) : `${to.replace(/\/+$/, '')}/${rest}`
    if (type === 'directory') continue
    if (type === 'link') {
      const advice = ` (consider using "kubectl exec -n ${JSON.stringify(pod.metadata.namespace)} ${JSON.stringify(pod.metadata.name)} -- tar cf - ${JSON.stringify(from)} | tar xf -")`
      ctx.err(`warning: skipping symlink: ${JSON.stringify(path)} -> ${JSON.stringify(link)}${warned ? '' : advice}\n`)
      warned = true
      continue
    }
    if (rest === '.' && isFolder) return fail(`open ${clean(to)}: is a directory`)
    ctx.saveFile(clean(path), content)
  }
  if (code !== 0) return ended(ctx, { stdout: '', stderr: '', code })
  return fault === 'short read' ? fail('unexpected EOF') : 0
}

function ended(ctx: KubectlContext, { stdout, stderr, code }: Omit<ExecResult, 'kind'>): number {
  ctx.out(stdout)
  ctx.err(stderr)
  if (code !== 0) ctx.err(`command terminated with exit code ${code}\n`)
  return code
}

/** A path without empty and turning parts (path.Clean). */
function clean(path: string): string {
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (part !== '..' || !path.startsWith('/')) out.push(part)
  }
  return (path.startsWith('/') ? '/' : '') + out.join('/') || '.'
}

/** Unix seconds at which virtual time begins (2026-01-01). */
const EPOCH = 1_767_225_600

const existsHere = (ctx: KubectlContext, path: string): boolean => {
  const plain = path.replace(/^\.\//, '').replace(/\/+$/, '')
  return plain === '.' || plain === '' || Object.keys(ctx.files).some((f) => f === plain || f === path || f.startsWith(`${plain}/`))
}
