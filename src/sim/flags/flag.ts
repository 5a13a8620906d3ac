import { goQuote } from '../api/field.ts'
import { parseGoDuration } from '../api/go-duration.ts'
import { seconds, type Micros } from '../engine/time.ts'

/** The processes whose settings can be changed. The kubelet's and the scheduler's are fields of their configuration files. */
export type Component = 'kube-apiserver' | 'kube-controller-manager' | 'kubelet'

/** Why a text is no value, in the component's own words. */
export interface Refused {
  readonly problem: string
}

export type Parse<T> = (text: string) => T | Refused

/** How the page offers it. */
export type FlagType = 'duration' | 'integer' | 'number' | 'boolean' | 'list' | 'text'

/**
 * One setting of a component under its real name, with Kubernetes' default. `T` is what readers get: durations in
 * microseconds, lists as arrays.
 */
export interface Flag<T = unknown> {
  readonly component: Component
  /** "node-monitor-period", or for a field of a configuration file its path: "crashLoopBackOff.maxContainerRestartPeriod". */
  readonly name: string
  readonly type: FlagType
  /** The default as the component prints it. */
  readonly text: string
  /** The default as readers get it. */
  readonly initial: T
  readonly parse: Parse<T>
}

/** Its key in the table, in saves and on the command line: "kube-controller-manager.node-monitor-period". */
export const idOf = ({ component, name }: Pick<Flag, 'component' | 'name'>): string => `${component}.${name}`

export const isRefused = (value: unknown): value is Refused => typeof value === 'object' && value !== null && 'problem' in value

/** A further rule on a value that reads well: the component's complaint, or undefined. */
export type Rule<T> = (value: T, text: string) => string | undefined

function define<T>(component: Component, name: string, type: FlagType, text: string, read: Parse<T>, rule?: Rule<T>): Flag<T> {
  const parse: Parse<T> = (given) => {
    const value = read(given.trim())
    if (isRefused(value)) return { problem: cannotRead(component, name, given.trim(), value.problem) }
    const problem = rule?.(value, given.trim())
    return problem === undefined ? value : { problem }
  }
  return { component, name, type, text, initial: read(text) as T, parse }
}

/** pflag's words for a command line; the decoder's for a file. */
const cannotRead = (component: Component, name: string, text: string, problem: string): string =>
  component === 'kubelet' ? `failed to load kubelet config file: ${name}: ${problem}` : `invalid argument ${goQuote(text)} for ${goQuote(`--${name}`)} flag: ${problem}`

const readDuration: Parse<Micros> = (text) => {
  const value = parseGoDuration(text)
  return typeof value === 'string' ? { problem: value } : Math.round(value)
}

const INT32 = 2_147_483_647

function readInteger(text: string): number | Refused {
  if (!/^[+-]?\d+$/.test(text)) return { problem: `strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax` }
  const value = Number(text)
  return Math.abs(value) > INT32 ? { problem: `strconv.ParseInt: parsing ${goQuote(text)}: value out of range` } : value
}

function readNumber(text: string): number | Refused {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : { problem: `strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax` }
}

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

function readBoolean(text: string): boolean | Refused {
  if (TRUE.has(text)) return true
  return FALSE.has(text) ? false : { problem: `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax` }
}

const readList: Parse<readonly string[]> = (text) => (text === '' ? [] : text.split(',').map((item) => item.trim()))

/** The makers of one component's flags. Defaults are given as texts, as the component prints them. */
export const flagsOf = (component: Component) => ({
  duration: (name: string, text: string, rule?: Rule<Micros>): Flag<Micros> => define(component, name, 'duration', text, readDuration, rule),
  integer: (name: string, text: string, rule?: Rule<number>): Flag<number> => define(component, name, 'integer', text, readInteger, rule),
  number: (name: string, text: string, rule?: Rule<number>): Flag<number> => define(component, name, 'number', text, readNumber, rule),
  boolean: (name: string, text: string, rule?: Rule<boolean>): Flag<boolean> => define(component, name, 'boolean', text, readBoolean, rule),
  list: (name: string, text: string, rule?: Rule<readonly string[]>): Flag<readonly string[]> => define(component, name, 'list', text, readList, rule),
  custom: <T>(name: string, type: FlagType, text: string, read: Parse<T>, rule?: Rule<T>): Flag<T> => define(component, name, type, text, read, rule),
})

/** A duration that makes sense: not zero, not less. The loops of Kubernetes would spin or panic with others. */
export const positive =
  (name: string): Rule<Micros> =>
  (value, text) =>
    value > 0 ? undefined : `${name} must be greater than 0, but got ${text}`

export const notNegative =
  (name: string): Rule<number> =>
  (value, text) =>
    value >= 0 ? undefined : `${name} must not be negative, but got ${text}`

/** No shorter than the simulation can follow without drowning in events. */
export const atLeastTenth =
  (name: string): Rule<Micros> =>
  (value, text) =>
    value >= seconds(0.1) ? undefined : `${name} below 100ms is not modelled here; got ${text}`
