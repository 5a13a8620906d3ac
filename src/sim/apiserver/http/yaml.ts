import { LineCounter, parseDocument, type Document } from 'yaml'
import { YAML_OPTIONS } from '../../manifest/parse.ts'
import { checkLimits } from '../../manifest/limits.ts'
import { toJson } from '../../manifest/to-json.ts'
import { firstError, wordingOf } from '../../manifest/yaml-error.ts'
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
  return problem ? { error: problem } : { value, duplicates: duplicates.map(String) }
}
