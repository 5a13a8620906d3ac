const compiled = new Map<string, RegExp | string>()

/** Constructs of Go's syntax that JavaScript writes differently. */
const translated = (pattern: string): string =>
  pattern.replace(/\\z/g, '$(?![\\s\\S])').replace(/\\A/g, '^').replace(/\(\?P</g, '(?<').replace(/\[\[:(\w+):\]\]/g, (_, name: string) => CLASSES[name] ?? `[[:${name}:]]`)
const CLASSES: Readonly<Record<string, string>> = { alpha: '[A-Za-z]', digit: '[0-9]', alnum: '[A-Za-z0-9]', lower: '[a-z]', upper: '[A-Z]', space: '[\\t\\n\\v\\f\\r ]' }

function compile(pattern: string): RegExp | string {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  let made: RegExp | string
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  try {
    made = /\(\?[=!<][=!]?/.test(pattern.replace(/\(\?P?<\w/g, '')) ? `error parsing regexp: invalid or unsupported Perl syntax: \`${/\(\?<?[=!]/.exec(pattern)?.[0] ?? '(?'}\`` : new RegExp(translated(flags ? pattern.slice(flags[0].length) : pattern), `${flags?.[1] ?? ''}`)
  } catch {
    made = complaint(pattern)
  }
  if (compiled.size > 2000) compiled.clear()
  compiled.set(pattern, made)
  return made
}

/** Go's words for the usual faults of a pattern (regexp/syntax). */
function complaint(pattern: string): string {
  const bare = pattern.replace(/\\./g, '')
  const repeat = /(?:^|[(|])([*+?])/.exec(bare)
  const double = /[*+?]([*+?]{1,2})/.exec(bare)
  if (/\\$/.test(pattern)) return 'error parsing regexp: trailing backslash at end of expression: ``'
  if (repeat) return `error parsing regexp: missing argument to repetition operator: \`${repeat[1]}\``
  const open = bare.lastIndexOf('[')
  if (open >= 0 && !bare.includes(']', open)) return `error parsing regexp: missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``
  if ((bare.match(/\(/g) ?? []).length > (bare.match(/\)/g) ?? []).length) return `error parsing regexp: missing closing ): \`${pattern}\``
  if (bare.includes(')')) return `error parsing regexp: unexpected ): \`${pattern}\``
  if (double) return `error parsing regexp: invalid nested repetition operator: \`${double[0]}\``
  return `error parsing regexp: invalid escape sequence: \`${/\\./.exec(pattern)?.[0] ?? pattern}\``
}

/** Go's complaint about a regular expression, or undefined where it can be compiled. */
export function regexpProblem(pattern: string): string | undefined {
  const made = compile(pattern)
  return typeof made === 'string' ? made : undefined
}

/** Is the pattern found in the text? A pattern that cannot be compiled is found nowhere. */
export function regexpFinds(pattern: string, text: string): boolean {
  const made = compile(pattern)
  return typeof made !== 'string' && made.test(text)
}
