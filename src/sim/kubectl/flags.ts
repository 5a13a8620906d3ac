import { goQuote } from '../api/field.ts'
import { fail } from './failure.ts'
import type { FlagSpec } from './surface.ts'
import { parseGoDuration } from './go-duration.ts'

/** Lists whose values are not split at commas (pflag: StringArray). */
const WHOLE: ReadonlySet<string> = new Set(['from-literal', 'annotation', 'annotations', 'rule', 'env', 'as-user-extra', 'as-group', 'exec-arg', 'exec-env', 'option', 'prependarg', 'appendarg', 'allowlist-entry', 'auth-provider-arg'])

/** The parsed words of a command. Values are texts as given; the getters turn them into what they mean. */
export class Flags {
  readonly #values = new Map<string, readonly string[]>()
  readonly #specs: ReadonlyMap<string, FlagSpec>

  constructor(specs: ReadonlyMap<string, FlagSpec>) {
    this.#specs = specs
  }

  add(name: string, value: string): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value])
  }

  /** The same words without those flags, as if they had not been given. */
  without(names: readonly string[]): Flags {
    if (names.length === 0) return this
    const specs = new Map([...this.#specs].filter(([name]) => !names.includes(name)))
    const rest = new Flags(specs)
    for (const [name, values] of this.#values) if (!names.includes(name)) rest.#values.set(name, values)
    return rest
  }

  /** Was the flag given? */
  given(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string {
    return this.#values.get(name)?.at(-1) ?? this.#specs.get(name)?.default ?? ''
  }

  bool(name: string): boolean {
    return isTrue(this.text(name))
  }

  int(name: string): number {
    return Number(this.text(name) || '0')
  }

  /** Microseconds. */
  duration(name: string): number {
    return parseGoDuration(this.text(name)) ?? 0
  }

  list(name: string): readonly string[] {
    const given = this.#values.get(name)
    if (!given) {
      const preset = this.#specs.get(name)?.default ?? '[]'
      return preset === '[]' || preset === '' ? [] : preset.replace(/^\[|\]$/g, '').split(',')
    }
    return WHOLE.has(name) ? given : given.flatMap((v) => (v === '' ? [] : v.split(',')))
  }
}

const isTrue = (text: string): boolean => ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)
const isBool = (text: string): boolean => isTrue(text) || ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)

export interface Parsed {
  readonly args: readonly string[]
  /** How many of `args` stood before "--"; -1 without one. */
  readonly dash: number
  readonly flags: Flags
}

/** Reads a command's words as pflag does; usage errors end the command in its wording. */
export function parseFlags(words: readonly string[], specs: readonly FlagSpec[], path: string): Parsed {
  const byName = new Map(specs.map((s) => [s.name, s]))
  const byShort = new Map(specs.filter((s) => s.short).map((s) => [s.short, s]))
  const flags = new Flags(byName)
  const args: string[] = []
  const wrong = (message: string): never => fail(`${message}\nSee 'kubectl ${path ? `${path} ` : ''}--help' for usage.`)
  let dash = -1
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') {
      dash = args.length
      args.push(...words.slice(i + 1))
      break
    }
    if (word.startsWith('--')) {
      const eq = word.indexOf('=')
      const name = eq < 0 ? word.slice(2) : word.slice(2, eq)
      const spec = byName.get(name)
      if (!spec) wrong(`unknown flag: --${name}`)
      else if (eq >= 0) store(spec, word.slice(eq + 1))
      else if (spec.type === 'bool') store(spec, 'true')
      else if (spec.valueOptional) store(spec, OPTIONAL[name] ?? 'true')
      else if (++i < words.length) store(spec, words[i]!)
      else wrong(`flag needs an argument: --${name}`)
    } else if (word.startsWith('-') && word.length > 1) i = shorts(word, i)
    else args.push(word)
  }
  return { args, dash, flags }

  function shorts(word: string, at: number): number {
    for (let j = 1; j < word.length; j++) {
      const spec = byShort.get(word[j]!)
      if (!spec) return wrong(`unknown shorthand flag: ${goQuote(word[j]!).replace(/"/g, "'")} in ${word}`)
      const rest = word.slice(j + 1)
      if (rest.startsWith('=')) return store(spec, rest.slice(1)), at
      if (spec.type === 'bool') {
        store(spec, 'true')
        continue
      }
      if (rest) return store(spec, rest), at
      if (spec.valueOptional) return store(spec, OPTIONAL[spec.name] ?? 'true'), at
      if (at + 1 >= words.length) return wrong(`flag needs an argument: '${word[j]!}' in ${word}`)
      return store(spec, words[at + 1]!), at + 1
    }
    return at
  }

  function store(spec: FlagSpec, value: string): void {
    const problem = check(spec, value)
    if (problem) wrong(`invalid argument ${goQuote(value)} for "${spec.short ? `-${spec.short}, ` : ''}--${spec.name}" flag: ${problem}`)
    flags.add(spec.name, value)
  }
}

/** What a flag means when it stands alone (pflag: NoOptDefVal). */
const OPTIONAL: Readonly<Record<string, string>> = { 'dry-run': 'unchanged', validate: 'strict', cascade: 'background' }

function check(spec: FlagSpec, value: string): string | undefined {
  if (spec.type === 'bool' && !isBool(value)) return `strconv.ParseBool: parsing ${goQuote(value)}: invalid syntax`
  if (spec.type === 'int' && !/^[+-]?\d+$/.test(value)) return `strconv.ParseInt: parsing ${goQuote(value)}: invalid syntax`
  if (spec.type === 'duration' && parseGoDuration(value) === undefined)
    return spec.name === 'log-flush-frequency' ? 'parse error' : /^[+-]?\d+(\.\d+)?$/.test(value) ? `time: missing unit in duration ${goQuote(value)}` : `time: invalid duration ${goQuote(value)}`
  return undefined
}
