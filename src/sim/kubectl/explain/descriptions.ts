/** Texts of definitions by name: '' is the definition itself, other keys its fields. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

let texts: Descriptions | undefined

/**
 * Hands over the texts of the schema (api/schema/descriptions.json), which are too long to come with the rest: the host loads them before it
 * runs `kubectl explain`. They are facts about Kubernetes like the schema, not part of any cluster's state.
 */
export function provideDescriptions(descriptions: Descriptions): void {
  texts = descriptions
}

/** A text that is put in when the output is read: what a cluster holds must not hang on whether its host has the texts. */
interface Mark {
  /** Definition and field; the texts of all, each once. */
  readonly of: readonly (readonly [definition: string, field: string])[]
  readonly indent: string
  /** Instead of a text that nobody wrote. */
  readonly unwritten: string
  /** Instead of the texts where the host has none; '' leaves no line. */
  readonly unknown: string
}

const OPEN = '\uE000'
const CLOSE = '\uE001'
const MARKS = /\uE000([^\uE000\uE001]*)\uE001/g
const WIDTH = 76

/** The place of a description in an output, as `kubectl explain` writes it. */
export const described = (mark: Mark): string => `${OPEN}${JSON.stringify(mark)}${CLOSE}`

/** An output as a person reads it, with the descriptions in their places. */
export const withDescriptions = (output: string): string => (output.includes(OPEN) ? output.replace(MARKS, (_, mark: string) => textFor(JSON.parse(mark) as Mark)) : output)

function textFor({ of, indent, unwritten, unknown }: Mark): string {
  if (!texts) return unknown && `${indent}${unknown}\n`
  const known = of.map(([definition, field]) => texts?.[definition]?.[field] ?? '')
  return wrapped(known.filter((text, i) => text !== '' && known.indexOf(text) === i).join('\n') || unwritten, WIDTH, indent)
}

/** Words in lines of at most `width` signs, `indent` before each. */
function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines.map((l) => `${indent}${l}\n`).join('')
}
