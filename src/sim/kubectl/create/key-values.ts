import type { Invocation, KubectlContext } from '../context.ts'
import { fail } from '../failure.ts'

/** The data that --from-literal, --from-file and --from-env-file give, keys sorted. */
export function keyValuesOf(ctx: KubectlContext, inv: Invocation): { readonly data: Readonly<Record<string, string>> } {
  const { flags } = inv
  const data: Record<string, string> = {}
  const put = (key: string, value: string): void => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key))
      fail(`${JSON.stringify(key)} is not valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`)
    if (Object.hasOwn(data, key)) fail(`cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(inv.args[0])}`)
    data[key] = value
  }
  if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0))
    fail('from-env-file cannot be combined with from-file or from-literal')
  for (const literal of flags.list('from-literal')) {
    const eq = literal.indexOf('=')
    if (eq <= 0) fail(`invalid literal source ${literal}, expected key=value`)
    put(literal.slice(0, eq), literal.slice(eq + 1).replace(/^(["'])(.*)\1$/s, '$2'))
  }
  for (const source of flags.list('from-file')) addFile(ctx, source, put)
  for (const file of flags.list('from-env-file')) {
    for (const line of (ctx.files[file] ?? missing(file)).split('\n')) {
      const text = line.trimStart()
      if (text === '' || text.startsWith('#')) continue
      const eq = text.indexOf('=')
      put(eq < 0 ? text : text.slice(0, eq), eq < 0 ? (ctx.env[text] ?? '') : text.slice(eq + 1))
    }
  }
  return { data: Object.fromEntries(Object.keys(data).sort().map((k) => [k, data[k]!])) }
}

function addFile(ctx: KubectlContext, source: string, put: (key: string, value: string) => void): void {
  const eq = source.indexOf('=')
  const path = eq < 0 ? source : source.slice(eq + 1)
  if (eq === 0) fail(`key name for file path ${path} missing`)
  const text = ctx.files[path]
  if (text !== undefined) return put(eq < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, eq), text)
  const folder = path.replace(/\/*$/, '/')
  const inside = Object.keys(ctx.files).sort().filter((f) => f.startsWith(folder) && !f.slice(folder.length).includes('/'))
  if (inside.length === 0) missing(path)
  if (eq >= 0) fail(`cannot give a key name for a directory path`)
  for (const file of inside) put(file.slice(folder.length), ctx.files[file]!)
}

const missing = (path: string): never => fail(`error reading ${path}: no such file or directory`)
