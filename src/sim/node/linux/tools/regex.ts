/** A basic or extended regular expression as JavaScript's; undefined where it is none. */
export function regularExpression(pattern: string, extended: boolean, ignoreCase: boolean): RegExp | undefined {
  const source = extended ? pattern : pattern.replace(/\\([(){}|+?])|([(){}|+?])/g, (_all, special: string | undefined, plain: string | undefined) => special ?? `\\${plain}`)
  const classes: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z', xdigit: '0-9A-Fa-f', blank: ' \\t', punct: '!-/:-@\\[-`{-~' }
  try {
    return new RegExp(source.replace(/\[:(\w+):\]/g, (_all, name: string) => classes[name] ?? ''), ignoreCase ? 'i' : '')
  } catch {
    return undefined
  }
}
