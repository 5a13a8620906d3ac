import { codeOf, isTest, lineOf, type Finding, type Source } from './source.ts'

const FOLDER = 'src/ui/i18n/'
const PLURAL = /_(?:zero|one|two|few|many|other)$/

/** Flattens nested texts to "a.b.c" → text. */
export function flatten(value: unknown, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  if (typeof value === 'string') return flat.set(prefix, value)
  for (const [key, inner] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    for (const [path, text] of flatten(inner, prefix === '' ? key : `${prefix}.${key}`)) flat.set(path, text)
  }
  return flat
}

const placeholders = (text: string): string => [...new Set(text.match(/\{\{[^}]+\}\}/g)?.map((one) => one.replace(/[\s{}]|,.*/g, '')))].sort().join(' ')

interface Bundle {
  readonly path: string
  readonly texts: Map<string, string>
}

function bundles(sources: readonly Source[], language: 'en' | 'zh', findings: Finding[]): Map<string, Bundle> {
  const found = new Map<string, Bundle>()
  const folder = `${FOLDER}${language}/`
  for (const { path, text } of sources) {
    if (!path.startsWith(folder) || !path.endsWith('.json')) continue
    try {
      found.set(path.slice(folder.length, -5), { path, texts: flatten(JSON.parse(text)) })
    } catch (error) {
      findings.push({ path, line: 1, message: `is not JSON: ${String(error)}` })
    }
  }
  return found
}

function compare(name: string, en: Bundle, zh: Bundle): Finding[] {
  const findings: Finding[] = []
  const at = (path: string, message: string): void => void findings.push({ path, line: 1, message: `${name}: ${message}` })
  const stem = (key: string): string => key.replace(PLURAL, '')
  const stems = (bundle: Bundle): Set<string> => new Set([...bundle.texts.keys()].map(stem))
  for (const key of stems(en)) if (!stems(zh).has(key)) at(zh.path, `"${key}" has no Chinese text; add it.`)
  for (const key of stems(zh)) if (!stems(en).has(key)) at(en.path, `"${key}" has no English text; add it or remove the Chinese one.`)
  for (const [key, text] of en.texts) {
    const other = zh.texts.get(key)
    if (other !== undefined && placeholders(text) !== placeholders(other)) {
      at(zh.path, `"${key}" has other placeholders ({{${placeholders(other)}}}) than the English text ({{${placeholders(text)}}}).`)
    }
  }
  return findings
}

/** Keys used as literals in this file, as "namespace:key". */
function usedKeys(source: Source): { readonly key: string; readonly line: number }[] {
  const code = codeOf(source.text, true)
  const spaces = [...code.matchAll(/useTranslation\(\s*\[?\s*'([\w-]+)'/g)].map((match) => match[1] ?? '')
  const calls = [...code.matchAll(/(?<![\w.])t\(\s*'([\w:.-]+)'/g)]
  // A file with hooks of several namespaces gives its functions other names; then only full keys can be checked.
  const only = new Set(spaces).size === 1 ? spaces[0] : undefined
  return calls.flatMap((match) => {
    const key = match[1] ?? ''
    const full = key.includes(':') ? key : only === undefined ? undefined : `${only}:${key}`
    return full === undefined || full.endsWith('.') ? [] : [{ key: full, line: lineOf(source.text, match.index) }]
  })
}

function sentenceKeys(source: Source): { readonly key: string; readonly line: number }[] {
  if (!source.path.startsWith('src/sim/')) return []
  const code = codeOf(source.text, true)
  return [...code.matchAll(/(?:\.|\b)note\(\s*'([\w.-]+)'/g)].map((match) => ({ key: `sentences:${match[1] ?? ''}`, line: lineOf(source.text, match.index) }))
}

function knownKeys(en: ReadonlyMap<string, Bundle>): Set<string> {
  const known = new Set<string>()
  for (const [name, { texts }] of en) {
    const space = name.startsWith('sentences') ? 'sentences' : name
    for (const key of texts.keys()) {
      known.add(`${space}:${key}`)
      known.add(`${space}:${key.replace(PLURAL, '')}`)
    }
  }
  return known
}

/** Texts that lack a language, keys that lack a text. */
export function checkTexts(sources: readonly Source[]): Finding[] {
  const findings: Finding[] = []
  const en = bundles(sources, 'en', findings)
  const zh = bundles(sources, 'zh', findings)
  for (const [name, bundle] of en) {
    const other = zh.get(name)
    if (other === undefined) findings.push({ path: bundle.path, line: 1, message: `there is no ${FOLDER}zh/${name}.json; translate it.` })
    else findings.push(...compare(name, bundle, other))
  }
  for (const [name, { path }] of zh) if (!en.has(name)) findings.push({ path, line: 1, message: `there is no ${FOLDER}en/${name}.json.` })
  const known = knownKeys(en)
  for (const source of sources) {
    if (isTest(source.path) || !/\.tsx?$/.test(source.path)) continue
    const used = source.path.startsWith('src/ui/') ? usedKeys(source) : sentenceKeys(source)
    for (const { key, line } of used) {
      if (!known.has(key)) findings.push({ path: source.path, line, message: `there is no text "${key}": add it to ${FOLDER}{en,zh}.` })
    }
  }
  return findings
}

const ELEMENT_TEXT = /<([A-Za-z][\w.]*)(?:\s(?:[^<>]|=>)*)?>([^<>{}]*?[A-Za-z]{2}[^<>{}]*?)<\//g
const ATTRIBUTE = /\b(?:aria-label|title|placeholder|alt|label)="([^"]*[A-Za-z]{2}[^"]*)"/g
/** The same in every language. */
const NAMES = /^(?:Orrery|Kubernetes|kubectl|etcd|YAML|JSON|cpu|mem|v?\d[\w.]*|Ctrl|Esc|Tab|English|kube-[\w-]+)$/

/** Words in JSX that did not come through i18n. A heuristic: element texts and naming attributes. */
export function checkLiterals(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ path, text }) => {
    if (!path.startsWith('src/') || !path.endsWith('.tsx') || isTest(path) || path.includes('/testing/')) return []
    const code = codeOf(text, true)
    const hits = [...code.matchAll(ELEMENT_TEXT)].map((match) => ({ words: (match[2] ?? '').trim(), at: match.index }))
    for (const match of code.matchAll(ATTRIBUTE)) hits.push({ words: match[1] ?? '', at: match.index })
    return hits
      .filter(({ words }) => !NAMES.test(words) && !/[;=]/.test(words))
      .map(({ words, at }) => ({ path, line: lineOf(text, at), message: `"${words.slice(0, 40)}" bypasses i18n: give it a key in ${FOLDER}{en,zh} and use t().` }))
  })
}
