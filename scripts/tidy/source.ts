import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** A source file: its path from the project's root with slashes, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** Something to mend, with what to do instead. `line` counts from 1. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache'])

/** All files below the given folders whose names end in one of the endings, sorted by path. */
export function readSources(root: string, folders: readonly string[], endings: readonly string[]): Source[] {
  const found: Source[] = []
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name)
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(full)
      if (!entry.isFile() || entry.name.startsWith('.') || !endings.some((ending) => entry.name.endsWith(ending))) continue
      found.push({ path: relative(root, full).split(sep).join('/'), text: readFileSync(full, 'utf8') })
    }
  }
  for (const folder of folders) {
    try {
      walk(join(root, folder))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line++
  return line
}

export const isTest = (path: string): boolean => /\.(test|spec|fixture)\.tsx?$/.test(path)

const spaces = (text: string): string => text.replace(/[^\n]/g, ' ')

/** A slash begins a regular expression, not a division, after these. */
const BEFORE_REGEX = /(?:^|[([{,;=:!&|?+\-*%<>~^]|=>|\breturn|\btypeof|\bcase)\s*$/

/** Where the piece that begins at `at` ends: a comment, a string or a regular expression; `at` itself when it is none. */
function endOfPiece(text: string, at: number): number {
  const two = text.slice(at, at + 2)
  if (two === '//') return text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
  if (two === '/*') return text.indexOf('*/', at + 2) < 0 ? text.length : text.indexOf('*/', at + 2) + 2
  const first = text[at] ?? ''
  const quoted = first === "'" || first === '"'
  const regex = first === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 24), at))
  if (!quoted && !regex) return at
  let inClass = false
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    const now = text[i]
    if (now === '\\') i++
    else if (regex && now === '[') inClass = true
    else if (regex && now === ']') inClass = false
    else if (now === first && !inClass) return i + 1
  }
  return at
}

/**
 * The text with comments, strings, templates and regular expressions blanked, everything else at its place: what is left
 * is code. `keepStrings` blanks only comments.
 */
export function codeOf(text: string, keepStrings = false): string {
  let out = ''
  let at = 0
  const templates: number[] = []
  let depth = 0
  const template = (from: number): number => {
    let i = from
    while (i < text.length && text[i] !== '`') {
      if (text[i] === '\\') i++
      else if (text[i] === '$' && text[i + 1] === '{') {
        templates.push(depth)
        depth++
        i += 2
        return finish(from, i)
      }
      i++
    }
    return finish(from, Math.min(text.length, i + 1))
  }
  const finish = (from: number, to: number): number => {
    out += keepStrings ? text.slice(from, to) : spaces(text.slice(from, to))
    return to
  }
  while (at < text.length) {
    const end = endOfPiece(text, at)
    if (end > at) {
      const comment = text[at] === '/' && (text[at + 1] === '/' || text[at + 1] === '*')
      out += keepStrings && !comment ? text.slice(at, end) : spaces(text.slice(at, end))
      at = end
      continue
    }
    const character = text[at] ?? ''
    at++
    out += character === '`' && !keepStrings ? ' ' : character
    if (character === '`') at = template(at)
    else if (character === '{') depth++
    else if (character === '}') {
      depth--
      if (templates.at(-1) === depth) {
        templates.pop()
        at = template(at)
      }
    }
  }
  return out
}

/** One import or re-export: what it names, and whether only types come through it. */
export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s*)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

/** The imports of a module, dynamic ones too. */
export function importsOf(text: string): Import[] {
  const code = codeOf(text, true)
  return [...code.matchAll(IMPORT)].map((match) => {
    const names = match[2] ?? ''
    const listed = names.startsWith('{') ? names.replace(/[{}]/g, '').split(',').map((name) => name.trim()).filter((name) => name !== '') : []
    const allTypes = listed.length > 0 && listed.every((name) => name.startsWith('type '))
    return {
      specifier: match[3] ?? match[4] ?? '',
      typeOnly: match[1] !== undefined || allTypes,
      line: lineOf(text, (match.index ?? 0) + 1),
    }
  })
}

/** The path that a relative import leads to, from the project's root; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.replace(/\?.*$/, '').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
