/** One term of a field selector. */
export interface FieldTerm {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}
export type FieldSelector = readonly FieldTerm[]

/** Splits at commas that no backslash escapes (apimachinery: fields, selector.go splitTerms). */
function splitTerms(text: string): readonly string[] {
  if (text === '') return []
  const out: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      out.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...out, text.slice(start)]
}

const unescape = (text: string): string | undefined => {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\') {
      const next = text[++i]
      if (next !== '\\' && next !== ',' && next !== '=') return undefined
      out += next
    } else if (c === ',' || c === '=') return undefined
    else out += c
  }
  return out
}

/** Parses `metadata.name=x,status.phase!=Running`; a text is Kubernetes' complaint. */
export function parseFieldSelector(text: string): FieldSelector | string {
  const out: FieldTerm[] = []
  for (const part of splitTerms(text)) {
    if (part === '') continue
    const m = /^((?:[^=!\\]|\\.|!(?!=))*?)(!=|==|=)([\s\S]*)$/.exec(part)
    if (!m) return `invalid selector: '${text}'; can't understand '${part}'`
    const value = unescape(m[3]!)
    if (value === undefined) return `invalid field selector: invalid value ${part}: unescaped character`
    out.push({ field: m[1]!, operator: m[2] === '!=' ? '!=' : '=', value })
  }
  return out
}

/** Does an object with these selectable fields satisfy all terms? A field it has not counts as ''. */
export function fieldsMatch(selector: FieldSelector, fields: Readonly<Record<string, string>>): boolean {
  for (const t of selector) if (((fields[t.field] ?? '') === t.value) !== (t.operator === '=')) return false
  return true
}

/** The value that an equality term demands of a field, if there is one; for indexed reads. */
export const requiredField = (selector: FieldSelector, field: string): string | undefined =>
  selector.find((t) => t.field === field && t.operator === '=')?.value

export const fieldSelectorText = (selector: FieldSelector): string => selector.map((t) => `${t.field}${t.operator}${t.value}`).join(',')
