import { codeOf, isTest, lineOf, type Finding, type Source } from './source.ts'

interface Ban {
  readonly pattern: RegExp
  /** What to do instead. */
  readonly message: string
}

const MATH = 'acos|acosh|asin|asinh|atan|atan2|atanh|cbrt|cos|cosh|exp|expm1|hypot|log|log10|log1p|log2|pow|sin|sinh|tan|tanh'

/** What the simulation may not use, because it would not be the same twice, or not everywhere. */
const IN_SIM: readonly Ban[] = [
  { pattern: /\bDate\b/g, message: 'no Date: take the virtual time from ctx.now, and format it with engine/time.ts.' },
  { pattern: /\bMath\.random\b/g, message: "no Math.random: draw from the actor's stream, ctx.random." },
  { pattern: new RegExp(`\\bMath\\.(?:${MATH})\\b`, 'g'), message: 'the last bit of this Math function is the engine’s choice: use integer arithmetic, Math.sqrt, or a table.' },
  { pattern: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b/g, message: 'no timers: waiting is an event, ctx.schedule(delay, …).' },
  { pattern: /\bPromise\b|\basync\s|\bawait\b/g, message: 'the simulation is synchronous: schedule an event for what comes later.' },
  { pattern: /\bconsole\b/g, message: 'no console: say it as the step’s note, ctx.note(id, params).' },
  { pattern: /\b(?:localeCompare|toLocale\w+|Intl)\b/g, message: 'no locale: compare strings with < and >, format numbers by hand.' },
  { pattern: /\bstructuredClone\b/g, message: 'no structuredClone: objects are immutable, copy on write with a spread.' },
  { pattern: /\bJSON\.parse\(\s*JSON\.stringify\b/g, message: 'no JSON round trip: objects are immutable, share them.' },
  { pattern: /(?::|<|\bas|\||&|,)\s*any\b(?!\s*[:(])|\bany\[\]/g, message: 'no any: use unknown, JsonValue or the real type.' },
  { pattern: /\bglobalThis\b|\brequire\(/g, message: 'the simulation knows neither Node nor a browser: take what is needed as a parameter.' },
]

/** What no module of ours does. */
const EVERYWHERE: readonly Ban[] = [
  { pattern: /\bexport\s+default\b/g, message: 'no default exports: give it a name, so that it is called the same everywhere.' },
  { pattern: /\bdebugger\b/g, message: 'remove the debugger statement.' },
]

function apply(bans: readonly Ban[], { path, text }: Source, code: string): Finding[] {
  return bans.flatMap(({ pattern, message }) => [...code.matchAll(pattern)].map((match) => ({ path, line: lineOf(text, match.index), message })))
}

/** Banned words in code; comments and strings may say them. */
export function checkBans(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) => {
    const { path, text } = source
    if (!path.startsWith('src/') || !/\.tsx?$/.test(path)) return []
    const code = codeOf(text)
    const simulated = path.startsWith('src/sim/') && !path.startsWith('src/sim/testing/') && !isTest(path)
    return [...apply(EVERYWHERE, source, code), ...(simulated ? apply(IN_SIM, source, code) : [])]
  })
}

const TODO = /\b(?:TODO|FIXME|XXX)\b(?!\([\w.-]+\))/g

/** Notes to oneself without a name. */
export function checkTodos(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => !path.startsWith('scripts/tidy/'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(TODO)].map((match) => ({
        path,
        line: lineOf(text, match.index),
        message: 'a TODO needs an owner, TODO(name): or better, an issue.',
      })),
    )
}
