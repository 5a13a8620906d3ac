import { failed } from '../../errno.ts'
import { readFile, writeFile } from '../../files.ts'
import type { ToolContext } from '../context.ts'
import { parseSed, type Command } from './parse.ts'
import { runSed, type SedWorld } from './run.ts'

interface Wanted {
  readonly script: string
  readonly files: readonly string[]
  readonly quiet: boolean
  readonly extended: boolean
  /** Files are changed in place; the suffix of the copies that keep what they were. */
  readonly inPlace?: string
}

function read(c: ToolContext): Wanted | number {
  const pieces: string[] = []
  const files: string[] = []
  let [quiet, extended] = [false, false]
  let inPlace: string | undefined
  for (let i = 0; i < c.args.length; i++) {
    const word = c.args[i]!
    const long = /^--(quiet|silent|regexp-extended|in-place|expression|file)(?:=(.*))?$/s.exec(word)
    if (long) {
      if (long[1] === 'quiet' || long[1] === 'silent') quiet = true
      else if (long[1] === 'regexp-extended') extended = true
      else if (long[1] === 'in-place') inPlace = long[2] ?? ''
      else if (long[1] === 'expression') pieces.push(long[2] ?? c.args[++i] ?? '')
      else return c.fail('unrecognized option: file')
      continue
    }
    if (word === '--') {
      files.push(...c.args.slice(i + 1))
      break
    }
    if (!/^-./.test(word)) {
      files.push(word)
      continue
    }
    for (let j = 1; j < word.length; j++) {
      const letter = word[j]!
      if (letter === 'n') quiet = true
      else if (letter === 'E' || letter === 'r') extended = true
      else if (letter === 's' || letter === 'u') continue
      else if (letter === 'i') {
        inPlace = word.slice(j + 1)
        break
      } else if (letter === 'e' || letter === 'f') {
        const value = j + 1 < word.length ? word.slice(j + 1) : (c.args[++i] ?? '')
        const script = letter === 'e' ? value : c.readFile(value)
        if (script === undefined) return 1
        pieces.push(script.replace(/\n$/, ''))
        break
      } else return c.fail(`unrecognized option: ${letter}`)
    }
  }
  if (pieces.length === 0 && files.length === 0) return c.fail('no script', 1)
  const script = pieces.length > 0 ? pieces.join('\n') : files.shift()!
  return { script: script.startsWith('#n\n') ? script.slice(3) : script, files, quiet: quiet || script.startsWith('#n\n'), extended, ...(inPlace === undefined ? {} : { inPlace }) }
}

/** The stream editor; `-i` writes files in place. */
export function sed(c: ToolContext): number | undefined {
  const wanted = read(c)
  if (typeof wanted === 'number') return wanted
  const commands = parseSed(wanted.script, wanted.extended)
  if (typeof commands === 'string') return c.fail(commands)
  if (wanted.inPlace !== undefined) return inPlace(c, wanted, commands)
  const texts = c.texts(wanted.files)
  if (!texts) return undefined
  const { out, code, endless } = runSed(commands, texts.map((t) => t.text).join(''), wanted.quiet, worldOf(c))
  c.out(out)
  return endless ? c.wait({ for: 'ever' }) : code || c.status
}

const worldOf = (c: ToolContext): SedWorld => ({
  read: (name) => {
    const text = readFile(c.files, name)
    return failed(text) ? '' : text
  },
  write: (name, text) => void writeFile(c.files, name, text, false),
})

function inPlace(c: ToolContext, wanted: Wanted, commands: readonly Command[]): number | undefined {
  if (wanted.files.length === 0) return c.fail('no input files')
  let status = 0
  for (const name of wanted.files) {
    const text = c.readFile(name)
    if (text === undefined) {
      status = 1
      continue
    }
    const { out, endless, code } = runSed(commands, text, wanted.quiet, worldOf(c))
    if (endless) return c.wait({ for: 'ever' })
    const kept = wanted.inPlace === '' ? undefined : writeFile(c.files, wanted.inPlace!.includes('*') ? wanted.inPlace!.replaceAll('*', name) : `${name}${wanted.inPlace}`, text, false)
    const refused = kept ?? writeFile(c.files, name, out, false)
    if (refused) status = c.failure(`can't create temp file '${name}'`, refused)
    status ||= code
  }
  return status
}
