/** Where a path leads: to an API resource, or to one of the server's own documents. */
export interface RequestPath {
  readonly isResource: boolean
  readonly path: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  /** The rest after the subresource (proxy paths); more parts than a resource has. */
  readonly rest: readonly string[]
}

const NONE = { group: '', version: '', resource: '', namespace: '', name: '', subresource: '', rest: [] as readonly string[] }

/** Subresources of namespaces themselves; anything else after their name is a resource inside (requestinfo.go). */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize'])

const unescaped = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Reads a path as the server's filters do (apiserver: endpoints/request, requestinfo.go). */
export function readPath(path: string): RequestPath {
  const parts = path.split('/').filter((part) => part !== '').map(unescaped)
  const document: RequestPath = { isResource: false, path, ...NONE }
  if (parts.length < 3 || (parts[0] !== 'api' && parts[0] !== 'apis')) return document
  const inGroup = parts[0] === 'apis'
  if (inGroup && parts.length < 4) return document
  const group = inGroup ? parts[1]! : ''
  const version = parts[inGroup ? 2 : 1]!
  let rest = parts.slice(inGroup ? 3 : 2)
  let namespace = ''
  if (rest[0] === 'namespaces') {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2]!)) rest = rest.slice(2)
  }
  const [resource = '', name = '', subresource = '', ...more] = rest
  return { isResource: true, path, group, version, resource, namespace, name, subresource, rest: more }
}
