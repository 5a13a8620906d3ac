import { parseImageName } from '../../../api/image-name.ts'
import { tarArchive, tarEntries, type TarEntry } from '../../../api/tar.ts'
import type { ImageConfig } from '../../../images/image.ts'
import { failed } from '../errno.ts'
import { existing, makeDirectory, openForWriting, put, readFile, resolve, writeFile, type FileWorld } from '../files.ts'
import { baseName, type FsNode } from '../fs.ts'
import type { HostImage, HostState } from '../host.ts'
import { options, type ToolContext } from './context.ts'
import { daemonSays, digestOf, familiar, needed } from './docker-state.ts'

const LAYER = 'orrery.layer.v1'

/** One image in an archive: what `docker load` makes it of again. */
interface Saved {
  readonly format: typeof LAYER
  readonly reference: string
  readonly digest: string
  readonly config: ImageConfig
  readonly history: HostImage['history']
  readonly root: FsNode
}

/** docker save: images as an archive with manifest, configuration and one layer each, which holds the tree in the model's own form. */
export function save(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { values, rest } = options(args.map((word) => word.replace(/^--output=?/, '-o')), 'o')
  const images: HostImage[] = []
  for (const word of rest) {
    const image = host.image(word)
    if (!image) return daemonSays(c, `No such image: ${word}`)
    images.push(image)
  }
  if (images.length === 0) {
    c.err("docker: 'docker save' requires at least 1 argument\n")
    return 1
  }
  const entries = images.flatMap((image) => {
    const id = image.digest.replace('sha256:', '')
    const saved: Saved = { format: LAYER, reference: image.reference, digest: image.digest, config: image.config, history: image.history, root: image.root }
    return [entry(`${id}.json`, JSON.stringify({ architecture: 'amd64', os: 'linux', config: image.config, history: image.history.map((h) => ({ created_by: h.createdBy })) })), entry(`${id}/layer.tar`, JSON.stringify(saved))]
  })
  const manifest = images.map((image) => ({ Config: `${image.digest.replace('sha256:', '')}.json`, RepoTags: [withTag(familiar(image.reference))], Layers: [`${image.digest.replace('sha256:', '')}/layer.tar`] }))
  const archive = tarArchive([...entries, entry('manifest.json', JSON.stringify(manifest))])
  const file = values.get('o')
  if (file === undefined) {
    if (c.kernel.isTty(c.task, 1)) {
      c.err('cowardly refusing to save to a terminal. Use the -o flag or redirect\n')
      return 1
    }
    c.out(archive)
    return 0
  }
  const refused = writeFile(c.files, file, archive)
  return refused ? daemonSays(c, `open ${file}: ${refused.text.toLowerCase()}`) : 0
}

const withTag = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`)
const entry = (name: string, content: string): TarEntry => ({ name, type: 'file', content, mode: 0o644, uid: 0, gid: 0, mtime: 0, to: '' })

/** docker load: what `docker save` has written. Archives from elsewhere hold layers of real bytes, which are not read. */
export function load(c: ToolContext, args: readonly string[]): number | undefined {
  const { values } = options(args.map((word) => word.replace(/^--input=?/, '-i')), 'i')
  const file = values.get('i')
  const text = file === undefined ? c.input() : readFile(c.files, file)
  if (text === null) return undefined
  if (typeof text !== 'string') {
    c.err(`open ${file}: ${text.text.toLowerCase()}\n`)
    return 1
  }
  const { entries, fault } = tarEntries(text)
  if (fault || !entries.some((e) => e.name === 'manifest.json')) return daemonSays(c, 'invalid archive: does not contain a manifest.json')
  let loaded = 0
  for (const { content, name } of entries) {
    if (!name.endsWith('/layer.tar')) continue
    const saved = savedIn(content)
    if (!saved) return daemonSays(c, `${name}: only archives that docker save has written here can be loaded`)
    const fs = `image:${saved.digest.slice(7, 19)}`
    c.kernel.roots[fs] = saved.root
    c.kernel.tell(c.task, { do: 'store-image', reference: saved.reference, digest: saved.digest, fs, config: saved.config, history: saved.history })
    c.out(`Loaded image: ${withTag(familiar(saved.reference))}\n`)
    loaded++
  }
  return loaded > 0 ? 0 : daemonSays(c, 'the archive holds no image')
}

function savedIn(content: string): Saved | undefined {
  try {
    const value = JSON.parse(content) as Partial<Saved>
    return value.format === LAYER && value.reference && value.digest && value.root && value.history ? (value as Saved) : undefined
  } catch {
    return undefined
  }
}

/** docker cp: files between the node and a container, running or not. */
export function copy(c: ToolContext, args: readonly string[]): number {
  const [from = '', to = ''] = options(args).rest
  if (to === '') {
    c.err("docker: 'docker cp' requires 2 arguments\n")
    return 1
  }
  const source = placeOf(c, from)
  const target = placeOf(c, to)
  if (typeof source === 'number' || typeof target === 'number') return 1
  if (source.isContainer === target.isContainer) {
    c.err(source.isContainer ? 'copying between containers is not supported\n' : 'must specify at least one container source\n')
    return 1
  }
  const found = existing(source.world, source.path)
  if (failed(found)) return source.isContainer ? daemonSays(c, `Could not find the file ${source.path} in container ${from.split(':')[0]}`) : daemonSays(c, `lstat ${source.path}: no such file or directory`)
  const into = resolve(target.world, target.path)
  const path = !failed(into) && into.node?.t === 'd' ? `${target.path.replace(/\/$/, '')}/${baseName(found.path)}` : target.path
  const refused = place(target.world, path, found.node)
  if (refused) return daemonSays(c, `${path}: ${refused}`)
  const size = found.node.t === 'f' ? found.node.data.length + (found.node.zeros ?? 0) : 0
  c.err(`Successfully copied ${size >= 1000 ? `${(size / 1000).toPrecision(3)}kB` : `${size}B`} to ${to}\n`)
  return 0
}

/** Puts a tree at a path; a text says what is wrong. */
function place(world: FileWorld, path: string, node: FsNode): string | undefined {
  if (node.t === 'd') {
    const made = makeDirectory(world, path, false)
    if (made && made.errno !== 'EEXIST') return made.text
  } else {
    const opened = openForWriting(world, path, false)
    if (failed(opened)) return opened.text
  }
  const there = resolve(world, path)
  return failed(there) ? there.text : put(world, there, node)?.text
}

function placeOf(c: ToolContext, word: string): { readonly world: FileWorld; readonly path: string; readonly isContainer: boolean } | number {
  const colon = word.indexOf(':')
  if (colon <= 0 || word.startsWith('/') || word.startsWith('.')) return { world: c.files, path: word, isContainer: false }
  const d = needed(c, word.slice(0, colon))
  if (typeof d === 'number') return d
  const inner = c.kernel.containers[d.container]!
  const task = { ...c.task, container: d.container, cwd: '/' }
  delete task.view
  return { world: { ...c.kernel.files(task), mounts: inner.mounts }, path: word.slice(colon + 1) || '/', isContainer: true }
}

const CONFIG = '/root/.docker/config.json'

/** The registry that a name is kept at, as docker's configuration has it. */
const registryOf = (repository: string): string => (repository.startsWith('docker.io/') ? 'https://index.docker.io/v1/' : repository.slice(0, repository.indexOf('/')))

function auths(c: ToolContext): Readonly<Record<string, unknown>> {
  const text = readFile(c.files, CONFIG)
  if (failed(text)) return {}
  try {
    return ((JSON.parse(text) as { auths?: Readonly<Record<string, unknown>> }).auths ?? {})
  } catch {
    c.err(`WARNING: Error loading config file: ${CONFIG}: it is no JSON\n`)
    return {}
  }
}

function keepAuths(c: ToolContext, all: Readonly<Record<string, unknown>>): void {
  makeDirectory(c.files, '/root/.docker', true)
  writeFile(c.files, CONFIG, `${JSON.stringify({ auths: all }, null, '\t')}\n`)
}

/** docker login: registries of the model take whoever gives a name and a password, and remember who may push. */
export function login(c: ToolContext, args: readonly string[]): number | undefined {
  const { values, rest, flags } = options(args.map((word) => word.replace(/^--username=?/, '-u').replace(/^--password=/, '-p')), 'up')
  const server = rest[0] === undefined || rest[0] === 'docker.io' ? 'https://index.docker.io/v1/' : rest[0]
  const user = values.get('u') ?? ''
  let password = values.get('p') ?? ''
  if (flags.has('password-stdin')) {
    const text = c.input()
    if (text === null) return undefined
    password = text.trim()
  }
  if (user === '' || password === '') {
    c.err('Error: Cannot perform an interactive login here: give -u USERNAME and -p PASSWORD (or --password-stdin)\n')
    return 1
  }
  if (!flags.has('password-stdin')) c.err('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n')
  keepAuths(c, { ...auths(c), [server]: { auth: digestOf(`${user}:${password}`).slice(0, 24) } })
  c.out('Login Succeeded\n')
  return 0
}

export function logout(c: ToolContext, args: readonly string[]): number {
  const server = args[0] ?? 'https://index.docker.io/v1/'
  const { [server]: _gone, ...rest } = auths(c)
  keepAuths(c, rest)
  c.out(`Removing login credentials for ${server}\n`)
  return 0
}

/** docker push: an image that was built or tagged on this node becomes one that every node can pull. */
export function push(c: ToolContext, host: HostState, args: readonly string[]): number | undefined {
  const word = options(args).rest.at(-1) ?? ''
  const name = parseImageName(word)
  const image = name && host.image(word)
  if (!name || word === '') return daemonSays(c, 'invalid reference format')
  const head = `The push refers to repository [${name.repository}]\n`
  if (!image) {
    c.out(head)
    c.err(`An image does not exist locally with the tag: ${familiar(name.repository)}\n`)
    return 1
  }
  const answer = name.repository.startsWith('docker.io/library/') || auths(c)[registryOf(name.repository)] === undefined ? undefined : c.askNode({ do: 'push-image', reference: `${name.repository}:${name.tag}` })
  if (c.state['answer'] === undefined && c.task.wait !== null) return undefined
  c.out(head)
  if (!answer?.ok) {
    c.err('denied: requested access to the resource is denied\n')
    return 1
  }
  for (const h of image.history.filter((x) => x.size > 0)) c.out(`${digestOf(h.createdBy).slice(0, 12)}: Pushed\n`)
  c.out(`${name.tag}: digest: ${image.digest} size: ${500 + 200 * image.history.length}\n`)
  return 0
}
