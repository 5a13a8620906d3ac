/** One line of an object's YAML with the path of the field that it shows, as "why?" takes it. */
export interface YamlLine {
  readonly indent: number
  /** "- " where the line begins an item of a list. */
  readonly dash: boolean
  readonly key: string | null
  readonly value: string | null
  readonly path: string
  /** The value behind the path, to compare two versions of an object. */
  readonly at: unknown
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/

/** "spec.containers[0].image"; keys with dots or slashes in brackets. */
export function joinPath(path: string, part: string | number): string {
  if (typeof part === 'number') return `${path}[${part}]`
  if (!PLAIN_KEY.test(part)) return `${path}['${part}']`
  return path === '' ? part : `${path}.${part}`
}

/** The lines of a value as kubectl prints it with -o yaml, without managedFields. Texts of several lines stay in one. */
export function yamlLines(value: unknown): readonly YamlLine[] {
  const lines: YamlLine[] = []
  write(lines, value, '', 0)
  return lines
}

function write(lines: YamlLine[], value: unknown, path: string, indent: number): void {
  if (Array.isArray(value)) value.forEach((item, at) => writeItem(lines, item, joinPath(path, at), indent))
  else if (isMap(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (child === undefined || key === 'managedFields') continue
      writeField(lines, key, child, joinPath(path, key), indent, false)
    }
  }
}

function writeField(lines: YamlLine[], key: string, child: unknown, path: string, indent: number, dash: boolean): void {
  const nested = (Array.isArray(child) && child.length > 0) || (isMap(child) && Object.keys(child).length > 0)
  lines.push({ indent, dash, key, value: nested ? null : scalar(child), path, at: child })
  if (nested) write(lines, child, path, Array.isArray(child) ? indent : indent + 1)
}

function writeItem(lines: YamlLine[], item: unknown, path: string, indent: number): void {
  const fields = isMap(item) ? Object.entries(item).filter(([, child]) => child !== undefined) : []
  if (fields.length === 0) {
    lines.push({ indent, dash: true, key: null, value: scalar(item), path, at: item })
    return
  }
  fields.forEach(([key, child], at) => writeField(lines, key, child, joinPath(path, key), indent + 1, at === 0))
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object' && !Array.isArray(value)

const NEEDS_QUOTES = /^$|^[\s&*!|>'"%@`{}[\],#?:-]|:(?:\s|$)|\s#|[^ -~\u00a1-\uffff]|\s$|^(?:true|false|null|yes|no|on|off|~)$|^[-+.\d][\d_.eE+-]*$/i

function scalar(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return '[]'
  if (isMap(value)) return '{}'
  if (typeof value !== 'string') return String(value)
  return NEEDS_QUOTES.test(value) ? JSON.stringify(value) : value
}

/** Paths of fields that differ between two versions: the deepest line that shows the difference. */
export function changedPaths(before: unknown, after: unknown): ReadonlySet<string> {
  const changed = new Set<string>()
  const walk = (a: unknown, b: unknown, path: string): void => {
    if (a === b) return
    if (isMap(a) && isMap(b)) {
      for (const key of Object.keys(b)) walk(a[key], b[key], joinPath(path, key))
      return
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      b.forEach((item, at) => walk(a[at], item, joinPath(path, at)))
      return
    }
    if (isMap(b)) for (const key of Object.keys(b)) walk(undefined, b[key], joinPath(path, key))
    else if (Array.isArray(b)) b.forEach((item, at) => walk(undefined, item, joinPath(path, at)))
    changed.add(path)
  }
  walk(before, after, '')
  return changed
}
