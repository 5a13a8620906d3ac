import { LineCounter, parseDocument, stringify, type Document } from 'yaml'
import { goQuote } from '../../api/field.ts'
import { YAML_OPTIONS } from '../../manifest/parse.ts'
import { checkLimits } from '../../manifest/limits.ts'
import { toJson } from '../../manifest/to-json.ts'
import { firstError, wordingOf } from '../../manifest/yaml-error.ts'
import type { JsonValue } from '../../api/meta.ts'
import type { Parsed } from './json.ts'

/** Reads the first document of a YAML body, in go-yaml's words where it does not parse. */
export function parseYaml(text: string): Parsed {
  const limit = checkLimits({ text, lineOffset: 0 })
  if (limit) return { error: limit.message }
  const lines = new LineCounter()
  const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines }) as Document.Parsed
  const wrong = firstError(document.errors, text)
  if (wrong) return { error: wordingOf(wrong.error, text, lines.linePos(wrong.at).line).message }
  const { value, duplicates, problem } = toJson(document)
  if (problem) return { error: problem }
  const twice = duplicates.map((key) => `  line ${lines.linePos(key.range![0]).line}: key ${goQuote(String(key))} already set in map`)
  return { value, complaints: twice.length ? [`yaml: unmarshal errors:\n${twice.join('\n')}`] : [] }
}

/** Plain data as the server's YAML: members sorted, lists not indented. */
export const toYaml = (value: JsonValue): string => stringify(value, { version: '1.1', sortMapEntries: true, indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false })
