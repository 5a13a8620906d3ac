import { isMap, isScalar } from 'yaml'
import { base64Bytes } from '../../sim/index.ts'
import { fix, type Finding, type Fix } from './fix.ts'
import { concrete, documentAt, pathText, put, replaceScalar, rewrite, type Path } from './yaml-edit.ts'

const UNMARSHAL = /cannot unmarshal (string|number|bool|object|array) into Go struct field \w+\.([\w.]+) of type (\S+)/

/** The places that a decoder's message can mean; it names no list indexes. */
export function placesOf(text: string, line: number, message: string): readonly Path[] {
  const found = UNMARSHAL.exec(message)
  const document = found && documentAt(text, line)?.document
  return document ? concrete(document.contents, found[2]!.split('.')).filter((path) => isWrong(document.getIn(path, true), found[1]!)) : []
}

function isWrong(node: unknown, given: string): boolean {
  if (given === 'object') return isMap(node)
  if (given === 'array') return !isMap(node) && !isScalar(node)
  return isScalar(node) && typeof node.value === (given === 'bool' ? 'boolean' : given)
}

/** A value of the wrong type that can be written as the right one. */
export function fixType({ text, line, message }: Finding): Fix | undefined {
  const found = UNMARSHAL.exec(message)
  const place = placesOf(text, line, message)[0]
  const node = place && documentAt(text, line)?.document.getIn(place, true)
  if (!found || !place || node === undefined) return undefined
  const [, given, , wanted = ''] = found
  const field = pathText(place)
  if (given === 'object' && wanted.startsWith('[]')) {
    const mended = rewrite(text, line, (document) => document.setIn(place, document.createNode([document.getIn(place, true)])))
    return mended === undefined ? undefined : fix('list', { field }, mended)
  }
  if (!isScalar(node)) return undefined
  const value = String(node.value)
  const plain = given === 'string' && ((wanted === 'bool' && /^(true|false)$/.test(value)) || (/^u?int/.test(wanted) && /^-?\d+$/.test(value)))
  const written = plain ? value : wanted === 'string' && given !== 'string' ? JSON.stringify(node.source ?? value) : undefined
  const mended = written === undefined ? undefined : replaceScalar(text, line, place, written)
  return mended === undefined ? undefined : fix(plain ? 'unquote' : 'quote', { field, value: written! }, mended)
}

/** Values of a Secret's data that are no base64 go to stringData, as they stand. */
export function fixBase64({ text, line, object, message }: Finding): Fix | undefined {
  if (object.kind !== 'Secret' || !message.includes('illegal base64')) return undefined
  const data = (object as { data?: Readonly<Record<string, string>> }).data ?? {}
  const wrong = Object.keys(data).filter((key) => typeof data[key] === 'string' && base64Bytes(data[key]!) === undefined)
  if (wrong.length === 0) return undefined
  const mended = rewrite(text, line, (document) => {
    for (const key of wrong) {
      document.deleteIn(['data', key])
      put(document, ['stringData', key], data[key])
    }
  })
  return mended === undefined ? undefined : fix('stringData', { keys: wrong.join(', ') }, mended)
}
