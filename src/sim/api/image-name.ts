/** A parsed image name. `tag` is "latest" where neither tag nor digest is given, '' where only a digest is. */
export interface ImageName {
  /** With the default registry, e.g. "docker.io/library/nginx". */
  readonly repository: string
  readonly tag: string
  readonly digest: string
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const DOMAIN = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?'
const REFERENCE = new RegExp(
  `^(?:(${DOMAIN})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)
const memo = new Map<string, ImageName | undefined>()

/** Parses and normalises an image name as a container runtime does; undefined where it is none (pkg/util/parsers). */
export function parseImageName(image: string): ImageName | undefined {
  if (memo.has(image)) return memo.get(image)
  const result = parse(image)
  if (memo.size > 5000) memo.clear()
  memo.set(image, result)
  return result
}

function parse(image: string): ImageName | undefined {
  if (/^[0-9a-f]{64}$/.test(image)) return undefined
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  const isDomain = first.includes('.') || first.includes(':') || first === 'localhost' || (first !== '' && first.toLowerCase() !== first)
  const full = isDomain ? image : `docker.io/${slash < 0 ? 'library/' : ''}${image}`
  const m = REFERENCE.exec(full)
  if (!m) return undefined
  const digest = m[4] ?? ''
  return { repository: m[1] ? `${m[1]}/${m[2]}` : m[2]!, tag: m[3] ?? (digest ? '' : 'latest'), digest }
}

/** imagePullPolicy where none is given: Always for :latest, else IfNotPresent. */
export const defaultPullPolicy = (image: string): 'Always' | 'IfNotPresent' => (parseImageName(image)?.tag === 'latest' ? 'Always' : 'IfNotPresent')
