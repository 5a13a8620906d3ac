import { isPattern } from './strings.ts'
import { parseDuration, parseTimestamp } from './times.ts'
import { Fault } from './values.ts'

function faults(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text)
    return false
  } catch (reason) {
    if (reason instanceof Fault) return true
    throw reason
  }
}

/** Is a text that is written out as the argument of a function wrong in any case (cel-go: cel/validator.go)? */
export function isWrongLiteral(name: string, text: string): boolean {
  switch (name) {
    case 'duration':
      return faults(parseDuration, text)
    case 'timestamp':
      return faults(parseTimestamp, text)
    case 'matches':
      return !isPattern(text)
    default:
      return false
  }
}
