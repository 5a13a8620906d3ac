import { base64Encode } from '../api/base64.ts'
import { parseGoDuration } from '../api/go-duration.ts'
import type { JsonValue } from '../api/meta.ts'
import { JsonPatchError, jsonPatch } from '../api/patch/json-patch.ts'
import { parseYaml } from '../apiserver/http/yaml.ts'
import { compile, isFailure, type Program } from '../cel/program.ts'
import { BOOL, DYN, STRING, type CelType } from '../cel/types.ts'
import { toJson } from '../cel/values.ts'
import type { Micros } from '../engine/time.ts'

/** One rule of a webhook's file, compiled. */
interface Rule {
  /** In CEL, of `request`, `object` and `oldObject`; without it the rule always holds. */
  readonly when: Program | undefined
  readonly deny: string | undefined
  readonly message: Program | undefined
  readonly code: number
  readonly reason: string | undefined
  readonly warn: string | undefined
  /** Operations of RFC 6902. */
  readonly patch: readonly JsonValue[] | undefined
  /** A list of such operations in CEL. */
  readonly computed: Program | undefined
  readonly after: Micros
  /** An HTTP status instead of an answer. */
  readonly status: number | undefined
}

/** Rules by the path that a webhook is called at; "*" for any other. */
type Rules = ReadonlyMap<string, readonly Rule[]>

/** What a webhook says over HTTP, and how long it takes. */
export interface Said {
  readonly code: number
  readonly body: JsonValue
  readonly after: Micros
}

const FIELDS: ReadonlySet<string> = new Set(['when', 'deny', 'denyExpression', 'code', 'reason', 'warn', 'patch', 'patchExpression', 'after', 'status'])
const DECLARED = { variables: { request: DYN, object: DYN, oldObject: DYN } }

/** Thrown by the reader of a file; its text is what the webhook answers with to everybody. */
class Wrong extends Error {}

type Fields = Readonly<Record<string, JsonValue | undefined>>
const isMap = (value: JsonValue | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

const known = new Map<string, Rules | string>()
const REMEMBERED = 32

/** The rules of a file's text, or what is wrong with it. */
function rulesOf(text: string): Rules | string {
  let rules = known.get(text)
  if (rules === undefined) {
    if (known.size >= REMEMBERED) known.clear()
    known.set(text, (rules = read(text)))
  }
  return rules
}

function read(text: string): Rules | string {
  const parsed = parseYaml(text)
  if ('error' in parsed) return parsed.error
  try {
    const { value } = parsed
    if (Array.isArray(value)) return new Map([['*', readRules('', value)]])
    if (!isMap(value)) throw new Wrong('a list of rules, or a map from paths to lists of rules was expected')
    return new Map(Object.entries(value).map(([path, rules]) => [path, readRules(path, rules)]))
  } catch (reason) {
    if (!(reason instanceof Wrong)) throw reason
    return reason.message
  }
}

function readRules(path: string, value: JsonValue | undefined): readonly Rule[] {
  if (!Array.isArray(value)) throw new Wrong(`${path || 'rules'}: a list of rules was expected`)
  return value.map((rule, i) => readRule(`${path}[${i}]`, rule as JsonValue))
}

function readRule(place: string, value: JsonValue): Rule {
  if (!isMap(value)) throw new Wrong(`${place}: a rule was expected`)
  const odd = Object.keys(value).find((name) => !FIELDS.has(name))
  if (odd !== undefined) throw new Wrong(`${place}.${odd}: unknown field; there are ${[...FIELDS].join(', ')}`)
  const { patch, code = 403, status, after } = value
  const text = (name: string): string | undefined => (value[name] === undefined || typeof value[name] === 'string' ? value[name] : wrong(`${place}.${name}: a text was expected`))
  if (patch !== undefined && !Array.isArray(patch)) throw new Wrong(`${place}.patch: a list of operations was expected`)
  if (typeof code !== 'number' || (status !== undefined && typeof status !== 'number')) throw new Wrong(`${place}: code and status are numbers`)
  const delay = after === undefined ? 0 : parseGoDuration(String(after))
  if (typeof delay === 'string' || delay < 0) throw new Wrong(`${place}.after: a duration such as 2s was expected`)
  return {
    when: expression(`${place}.when`, text('when'), BOOL), deny: text('deny'), message: expression(`${place}.denyExpression`, text('denyExpression'), STRING), code, reason: text('reason') ?? (code === 403 ? 'Forbidden' : undefined), warn: text('warn'),
    patch: patch as readonly JsonValue[] | undefined, computed: expression(`${place}.patchExpression`, text('patchExpression')), after: delay, status,
  }
}

const wrong = (message: string): never => {
  throw new Wrong(message)
}

function expression(place: string, source: string | undefined, type?: CelType): Program | undefined {
  if (source === undefined) return undefined
  const made = compile(source, DECLARED, type ? [type, DYN] : [])
  return isFailure(made) ? wrong(`${place}: ${made.error}`) : made
}

/** What rules come to for one activation. */
type Verdict = { readonly patch: readonly JsonValue[]; readonly warnings: readonly string[]; readonly after: Micros; readonly denied?: { readonly message: string; readonly rule: Rule } } | { readonly said: Said }

/** Rules are gone through in order: those whose condition holds patch, warn, wait; the first that denies, or that has an HTTP status, ends it. */
function judge(rules: readonly Rule[], activation: Readonly<Record<string, JsonValue>>): Verdict {
  const patch: JsonValue[] = []
  const warnings: string[] = []
  let after = 0
  const broken = (program: Program, error: string): Verdict => ({ said: { code: 500, body: `${program.source}: ${error}`, after } })
  for (const rule of rules) {
    const holds = rule.when?.run(activation)
    if (holds && 'error' in holds) return broken(rule.when!, holds.error)
    if (holds && holds.value !== true) continue
    after += rule.after
    if (rule.status !== undefined) return { said: { code: rule.status, body: rule.deny ?? '', after } }
    if (rule.warn !== undefined) warnings.push(rule.warn)
    if (rule.patch) patch.push(...rule.patch)
    const computed = rule.computed?.run(activation)
    if (computed && 'error' in computed) return broken(rule.computed!, computed.error)
    const operations = computed && (toJson(computed.value) as JsonValue)
    if (Array.isArray(operations)) patch.push(...(operations as readonly JsonValue[]))
    else if (operations !== undefined) return broken(rule.computed!, 'a list of operations was expected')
    const said = rule.message?.run(activation)
    const message = said ? ('error' in said ? said.error : String(said.value)) : rule.deny
    if (message !== undefined) return { patch, warnings, after, denied: { message, rule } }
  }
  return { patch, warnings, after }
}

/**
 * What a webhook with such a file answers to an AdmissionReview or a ConversionReview sent to a path. A file with a mistake is a 500 that says which.
 */
export function answerByRules(text: string, path: string, review: JsonValue): Said {
  const rules = rulesOf(text)
  if (typeof rules === 'string') return { code: 500, body: rules, after: 0 }
  const mine = rules.get(path) ?? rules.get('*')
  if (!mine) return { code: 404, body: '404 page not found', after: 0 }
  const { request, kind } = review as { readonly request: Fields; readonly kind?: string }
  return kind === 'ConversionReview' ? convertByRules(mine, review as Fields, request) : admitByRules(mine, review as Fields, request)
}

const answered = (review: Fields, response: Fields, after: Micros): Said => ({ code: 200, after, body: { ...review, request: undefined, response } as unknown as JsonValue })

function admitByRules(rules: readonly Rule[], review: Fields, request: Fields): Said {
  const verdict = judge(rules, { request: request as JsonValue, object: request['object'] ?? null, oldObject: request['oldObject'] ?? null })
  if ('said' in verdict) return verdict.said
  const { patch, warnings, after, denied } = verdict
  const answer = (response: Fields): Said => answered(review, { uid: request['uid'], ...response, ...(warnings.length > 0 ? { warnings } : {}) }, after)
  if (denied) return answer({ allowed: false, status: { code: denied.rule.code, message: denied.message, ...(denied.rule.reason ? { reason: denied.rule.reason } : {}) } })
  return answer({ allowed: true, ...(patch.length > 0 ? { patchType: 'JSONPatch', patch: base64Encode(JSON.stringify(patch)) } : {}) })
}

/** Each object gets what the rules patch, and the version that is asked for; a denial is a failure of the whole. */
function convertByRules(rules: readonly Rule[], review: Fields, request: Fields): Said {
  const made: JsonValue[] = []
  let waited = 0
  const fails = (message: string): Said => answered(review, { uid: request['uid'], convertedObjects: [], result: { status: 'Failure', message } }, waited)
  for (const object of (request['objects'] ?? []) as readonly JsonValue[]) {
    const verdict = judge(rules, { request: request as JsonValue, object, oldObject: null })
    if ('said' in verdict) return { ...verdict.said, after: waited + verdict.said.after }
    waited += verdict.after
    if (verdict.denied) return fails(verdict.denied.message)
    try {
      made.push({ ...(jsonPatch(object, verdict.patch as JsonValue) as Readonly<Record<string, JsonValue>>), apiVersion: request['desiredAPIVersion']! })
    } catch (reason) {
      if (!(reason instanceof JsonPatchError)) throw reason
      return fails(reason.message)
    }
  }
  return answered(review, { uid: request['uid'], convertedObjects: made, result: { status: 'Success' } }, waited)
}
