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

export const describes = (): boolean => texts !== undefined

/** The text of a field, or of the definition where no field is named; '' where nothing is known. */
export const descriptionOf = (definition: string, field = ''): string => texts?.[definition]?.[field] ?? ''

/** Words in lines of at most `width` signs, `indent` before each. */
export function wrapped(text: string, width: number, indent: string): string {
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
