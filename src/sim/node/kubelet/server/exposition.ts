/** One value of a metric: its labels in order, and the instant that it is of (ms since 1970), where that is told. */
export interface Sample {
  readonly labels: readonly (readonly [string, string])[]
  readonly value: number
  readonly at?: number
}

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: readonly Sample[]
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

/** A number as Go has it with the fewest digits: with an exponent from a million on (strconv: FormatFloat 'g', -1). */
export function goNumber(n: number): string {
  const [mantissa, exponent] = n.toExponential().split('e') as [string, string]
  if (n === 0 || (Number(exponent) >= -4 && Number(exponent) < 6)) return String(n)
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`
}

const lineOf = (name: string, { labels, value, at }: Sample): string =>
  `${name}${labels.length > 0 ? `{${labels.map(([key, text]) => `${key}="${escaped(text)}"`).join(',')}}` : ''} ${goNumber(value)}${at === undefined ? '' : ` ${at}`}\n`

/** The text that Prometheus reads: families and their samples in order, those without samples left out. */
export function exposition(metrics: readonly Metric[]): string {
  return [...metrics]
    .filter((m) => m.samples.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, help, type, samples }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map((sample) => lineOf(name, sample)).sort().join('')}`)
    .join('')
}
