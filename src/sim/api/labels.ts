import { wasSentEmpty } from './empties.ts'
import type { StringMap } from './meta.ts'
import { at, child, ErrorList, invalidValue, notSupported, type FieldError, type Path } from './field.ts'
import { isLabelValue, isQualifiedName } from './names.ts'

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** `metav1.LabelSelector`: all of matchLabels and all of matchExpressions. */
export interface LabelSelector {
  readonly matchLabels?: StringMap
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly operator: Operator
  readonly values: readonly string[]
}

/** A compiled selector: requirements sorted by key. No requirements match everything; `nothing` matches nothing. */
export interface Selector {
  readonly requirements: readonly Requirement[]
  readonly nothing: boolean
}

export const EVERYTHING: Selector = Object.freeze({ requirements: [], nothing: false })
export const NOTHING: Selector = Object.freeze({ requirements: [], nothing: true })

const integer = (text: string | undefined): bigint | undefined => (text !== undefined && /^[+-]?\d{1,19}$/.test(text) ? BigInt(text) : undefined)

function requirementMatches(r: Requirement, labels: StringMap | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, r.key) ? labels[r.key] : undefined
  switch (r.operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && r.values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !r.values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
    case 'lt': {
      const have = integer(value)
      const want = integer(r.values[0])
      return have !== undefined && want !== undefined && (r.operator === 'gt' ? have > want : have < want)
    }
  }
}

/** Does a set of labels satisfy a compiled selector? */
export function matches(selector: Selector, labels: StringMap | undefined): boolean {
  if (selector.nothing) return false
  for (const r of selector.requirements) if (!requirementMatches(r, labels)) return false
  return true
}

/** Are all pairs of `want` among `labels` (labels.SelectorFromSet)? An empty set matches everything. */
export function matchesSet(want: StringMap | undefined, labels: StringMap | undefined): boolean {
  if (want) for (const key in want) if (labels?.[key] !== want[key]) return false
  return true
}

const compiled = new WeakMap<LabelSelector, Selector>()
const OPERATORS: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

const byKey = (a: Requirement, b: Requirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/**
 * Compiles a LabelSelector (metav1.LabelSelectorAsSelector): undefined matches nothing, an empty one everything.
 * Remembered by identity, so that selectors of stored objects are compiled once.
 */
export function compileSelector(selector: LabelSelector | undefined | null): Selector {
  if (!selector) return NOTHING
  const known = compiled.get(selector)
  if (known) return known
  const requirements: Requirement[] = []
  for (const key of Object.keys(selector.matchLabels ?? {})) requirements.push({ key, operator: '=', values: [selector.matchLabels![key]!] })
  for (const e of selector.matchExpressions ?? []) {
    const operator = Object.hasOwn(OPERATORS, e.operator) ? OPERATORS[e.operator] : undefined
    if (operator) requirements.push({ key: e.key, operator, values: [...(e.values ?? [])] })
  }
  requirements.sort(byKey)
  const result: Selector = requirements.length ? { requirements, nothing: false } : EVERYTHING
  compiled.set(selector, result)
  return result
}

export const selectorMatches = (selector: LabelSelector | undefined, labels: StringMap | undefined): boolean =>
  matches(compileSelector(selector), labels)
export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0)

const requirementText = (r: Requirement): string => {
  const values = [...r.values].sort()
  switch (r.operator) {
    case 'exists':
      return r.key
    case '!':
      return `!${r.key}`
    case 'in':
    case 'notin':
      return `${r.key} ${r.operator} (${values.join(',')})`
    case 'gt':
      return `${r.key}>${values[0]}`
    case 'lt':
      return `${r.key}<${values[0]}`
    default:
      return `${r.key}${r.operator}${values[0]}`
  }
}

/** A selector as text, e.g. "a=b,c in (d,e)". */
export const selectorText = (selector: Selector): string => selector.requirements.map(requirementText).join(',')

/** `metav1.FormatLabelSelector`, as printed columns show it: "<none>" when it selects everything. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const text = selectorText(compileSelector(selector))
  return text || '<none>'
}

/** The selector as Go prints it in a message: members in declaration order, labels sorted. */
export function printedSelector(selector: LabelSelector | undefined): unknown {
  if (!selector) return null
  const { matchLabels, matchExpressions } = selector
  return {
    ...(matchLabels && Object.keys(matchLabels).length ? { matchLabels: sortedLabels(matchLabels) } : {}),
    ...(matchExpressions?.length
      ? { matchExpressions: matchExpressions.map((e) => ({ key: e.key ?? '', operator: e.operator ?? '', ...(e.values?.length ? { values: e.values } : {}) })) }
      : {}),
  }
}

/** Labels with sorted keys, as Go prints maps; null where there are none at all. */
export const sortedLabels = (labels: StringMap | undefined): StringMap | null =>
  labels ? Object.fromEntries(Object.keys(labels).sort().map((k) => [k, labels[k]!])) : null

/** The labels of an object's metadata as Go prints them: `{}` where they were sent empty. */
export const printedLabels = (meta: { readonly labels?: StringMap } | undefined): StringMap | null =>
  sortedLabels(meta?.labels) ?? (wasSentEmpty(meta, 'labels') ? {} : null)

/** Checks one requirement (labels.NewRequirement); the messages carry paths below `path` ('' for parsed text). */
export function checkRequirement(r: Requirement, path: Path = ''): readonly FieldError[] {
  const out: FieldError[] = []
  const complaints = isQualifiedName(r.key)
  if (complaints.length) out.push(invalidValue(child(path, 'key'), r.key, complaints.join('; ')))
  const values = child(path, 'values')
  if ((r.operator === 'gt' || r.operator === 'lt') && r.values[0] !== undefined && integer(r.values[0]) === undefined) {
    out.push(invalidValue(at(values, 0), r.values[0], "for 'Gt', 'Lt' operators, the value must be an integer"))
  }
  r.values.forEach((v, i) => {
    const bad = isLabelValue(v)
    if (bad.length) out.push(invalidValue(at(at(values, i), r.key), v, bad.join('; ')))
  })
  return out
}

/** Errors of several requirements as one text, or undefined. */
export const requirementProblem = (r: Requirement): string | undefined => ErrorList.text(checkRequirement(r)) || undefined

/** `metav1/validation`: ValidateLabelSelector. */
export function validateLabelSelector(selector: LabelSelector | undefined, path: Path, allowInvalidValues = false): readonly FieldError[] {
  if (!selector) return []
  const out: FieldError[] = []
  const labels = selector.matchLabels ?? {}
  for (const key of Object.keys(labels).sort()) {
    const name = isQualifiedName(key)
    for (const m of name) out.push(invalidValue(child(path, 'matchLabels'), key, m))
    for (const m of isLabelValue(labels[key]!)) out.push(invalidValue(child(path, 'matchLabels'), labels[key], m))
  }
  ;(selector.matchExpressions ?? []).forEach((e, i) => {
    const here = at(child(path, 'matchExpressions'), i)
    out.push(...validateExpression(e, here, allowInvalidValues))
  })
  return out
}

function validateExpression(e: LabelSelectorRequirement, path: Path, allowInvalidValues: boolean): readonly FieldError[] {
  const out: FieldError[] = []
  const values = e.values ?? []
  switch (e.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) out.push({ ...requiredValues(path, "must be specified when `operator` is 'In' or 'NotIn'") })
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) out.push(forbiddenValues(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      break
    default:
      out.push(invalidValue(child(path, 'operator'), e.operator ?? '', 'not a valid selector operator'))
  }
  for (const m of isQualifiedName(e.key ?? '')) out.push(invalidValue(child(path, 'key'), e.key ?? '', m))
  if (!allowInvalidValues) {
    values.forEach((v, i) => {
      for (const m of isLabelValue(v)) out.push(invalidValue(at(child(path, 'values'), i), v, m))
    })
  }
  return out
}

const requiredValues = (path: Path, detail: string): FieldError => ({ type: 'FieldValueRequired', field: child(path, 'values'), body: `Required value: ${detail}` })
const forbiddenValues = (path: Path, detail: string): FieldError => ({ type: 'FieldValueForbidden', field: child(path, 'values'), body: `Forbidden: ${detail}` })

/** Valid operators of a text selector, for messages. */
export const unsupportedOperator = (path: Path, operator: string): FieldError =>
  notSupported(child(path, 'operator'), operator, ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!'])

/** `test` for runs of objects that share their labels, as the pods of one template do: asked once a run. */
export function remembered(test: (labels: StringMap | undefined) => boolean): (labels: StringMap | undefined) => boolean {
  let last: StringMap | undefined
  let answer = test(undefined)
  return (labels) => {
    if (labels !== last) {
      last = labels
      answer = test(labels)
    }
    return answer
  }
}
