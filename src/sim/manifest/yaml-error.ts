import type { YAMLError } from 'yaml'

/** What kubectl's YAML library (go-yaml) says of an error, and by what rule it counts the line. */
interface Wording {
  readonly text: string
  /** Its scanner counts lines from 1, its parser says the line before. */
  readonly by: 'scanner' | 'parser' | 'none'
  readonly expected: string
}

const SIMPLE: Readonly<Record<string, Wording>> = {
  TAB_AS_INDENT: { text: 'found character that cannot start any token', by: 'scanner', expected: 'spaces: YAML does not allow tabs as indentation' },
  BAD_SCALAR_START: { text: 'found character that cannot start any token', by: 'scanner', expected: 'quotes around a text that begins with this character' },
  BAD_DQ_ESCAPE: { text: 'found unknown escape character', by: 'scanner', expected: 'an escape that YAML knows, or single quotes' },
  MULTILINE_IMPLICIT_KEY: { text: 'mapping values are not allowed in this context', by: 'scanner', expected: 'the same indentation as the keys above, or a value that ends before this line' },
  KEY_OVER_1024_CHARS: { text: "could not find expected ':'", by: 'scanner', expected: "':' after the key" },
  BLOCK_AS_IMPLICIT_KEY: { text: 'mapping values are not allowed in this context', by: 'scanner', expected: 'a value; a nested mapping goes to the next line, a text with ": " into quotes' },
  BLOCK_IN_FLOW: { text: 'did not find expected node content', by: 'parser', expected: 'a value in brackets or braces' },
  MULTIPLE_ANCHORS: { text: 'did not find expected node content', by: 'parser', expected: 'one anchor' },
  MULTIPLE_TAGS: { text: 'did not find expected node content', by: 'parser', expected: 'one tag' },
  BAD_DIRECTIVE: { text: 'found unknown directive name', by: 'scanner', expected: 'no line that begins with %' },
}

/** The error to tell of, and where: keys over several lines are complained about where they end. */
export function firstError(errors: readonly YAMLError[], text: string): { readonly error: YAMLError; readonly at: number; readonly end: number } | undefined {
  const first = errors[0]
  if (!first) return undefined
  const error = errors.find((e) => e.code === 'MULTILINE_IMPLICIT_KEY' && e.pos[0] === first.pos[0]) ?? first
  const at = error.code === 'MULTILINE_IMPLICIT_KEY' ? error.pos[1] - 1 : error.code === 'BAD_INDENT' ? afterSpaces(text, error.pos[0]) : error.pos[0]
  return { error, at, end: Math.max(error.pos[1], at + 1) }
}

const afterSpaces = (text: string, at: number): number => {
  let i = at
  while (text[i] === ' ') i++
  return i
}

/** The text of kubectl for an error of the parser used here. `line` counts from 1 within the document. */
export function wordingOf(error: YAMLError, text: string, line: number): { readonly message: string; readonly expected: string } {
  const unclosed = unclosedFlow(error, text)
  if (unclosed) return unclosed
  const { text: what, by, expected } = wording(error, text)
  const counted = by === 'scanner' ? line : line - 1
  return { message: `yaml: ${by !== 'none' && counted > 0 ? `line ${counted}: ` : ''}${what}`, expected }
}

/** Brackets or braces that the document's end leaves open: whether a value or a comma is missed depends on what stands last. */
function unclosedFlow({ code, message }: YAMLError, text: string): { readonly message: string; readonly expected: string } | undefined {
  if (code !== 'MISSING_CHAR' && !(code === 'BAD_INDENT' && message.startsWith('Flow'))) return undefined
  const open: { readonly at: number; readonly close: string }[] = []
  let last = ''
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'|(?<=^|\s)#.*|[[{\]}]|[^\s"'#[\]{}]+|["'#]/g)) {
    if (token.startsWith('#') && token.length > 1) continue
    if ((token === '[' || token === '{') && (open.length > 0 || /(?:^|[\s:,-])$/.test(text.slice(Math.max(0, index - 1), index)))) open.push({ at: index, close: token === '[' ? ']' : '}' })
    else if (token === open.at(-1)?.close) open.pop()
    last = token.at(-1)!
  }
  const flow = open.at(-1)
  if (!flow) return undefined
  const lineOf = (part: string): number => part.split('\n').length - 1
  const end = lineOf(text) + (text.endsWith('\n') ? 0 : 1)
  if (/[[{,:]/.test(last)) return { message: `yaml: line ${end}: did not find expected node content`, expected: 'a value' }
  return { message: `yaml: line ${lineOf(text.slice(0, flow.at)) || end}: did not find expected ',' or '${flow.close}'`, expected: `',' or '${flow.close}'` }
}

function wording(error: YAMLError, text: string): Wording {
  const simple = SIMPLE[error.code]
  if (simple) return simple
  const at = error.pos[0]
  switch (error.code) {
    case 'BAD_ALIAS': {
      const name = /^\*?([^\s,\]}]*)/.exec(text.slice(at))?.[1] ?? ''
      return { text: `unknown anchor '${name}' referenced`, by: 'none', expected: `an anchor &${name} before this alias` }
    }
    case 'MISSING_CHAR':
      return missing(error)
    case 'BAD_INDENT':
      if (error.message.startsWith('Flow')) return missing(error)
      return /^\s*-/.test(lineAt(text, at))
        ? { text: "did not find expected '-' indicator", by: 'parser', expected: 'the same indentation for all items of the list' }
        : { text: 'did not find expected key', by: 'parser', expected: 'the same indentation for all keys of the mapping' }
    default:
      return { text: 'did not find expected key', by: 'parser', expected: sentence(error.message) }
  }
}

function missing({ message }: YAMLError): Wording {
  if (/quote/.test(message)) return { text: 'found unexpected end of stream', by: 'scanner', expected: 'a closing quote' }
  if (/^Sequence item without/.test(message)) return { text: "did not find expected '-' indicator", by: 'parser', expected: "'-' before each item of the list" }
  if (/\]$|flow seq/i.test(message)) return { text: "did not find expected ',' or ']'", by: 'parser', expected: "',' or ']'" }
  if (/\}$|flow map/i.test(message)) return { text: "did not find expected ',' or '}'", by: 'parser', expected: "',' or '}'" }
  if (/implicit map/i.test(message)) return { text: "could not find expected ':'", by: 'scanner', expected: "':' after the key" }
  return { text: 'did not find expected key', by: 'parser', expected: sentence(message) }
}

const lineAt = (text: string, at: number): string => text.slice(text.lastIndexOf('\n', at - 1) + 1, at + 1)

/** The parser's own words without its picture of the line. */
const sentence = (message: string): string => message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
