import type { PolicyRule } from '../../api/rbac.ts'
import type { Attributes } from './attributes.ts'

const EMPTY: readonly string[] = []
const has = (list: readonly string[] | undefined, value: string): boolean => list !== undefined && (list.includes('*') || list.includes(value))

/** Does one rule allow the request (pkg/apis/rbac/v1: evaluation_helpers.go)? */
export function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false
  if (asked.path !== undefined) return urlMatches(rule.nonResourceURLs ?? EMPTY, asked.path)
  return has(rule.apiGroups, asked.group) && resourceMatches(rule.resources ?? EMPTY, asked) && nameMatches(rule.resourceNames, asked.name)
}

function resourceMatches(resources: readonly string[], { resource, subresource }: Attributes): boolean {
  if (resources.includes('*')) return true
  if (!subresource) return resources.includes(resource)
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`)
}

const nameMatches = (names: readonly string[] | undefined, name: string): boolean => !names?.length || names.includes(name)

const beforeStars = (text: string): string => text.replace(/\*+$/, '')

function urlMatches(urls: readonly string[], path: string): boolean {
  return urls.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(beforeStars(url))))
}

/** The parts of `wanted` that no single rule of `owned` covers (component-helpers: auth/rbac/validation, Covers). */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => covers(rule, part)))
}

/** A rule as rules with one verb, one resource and at most one name each. */
function breakDown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = []
  const verbs = rule.verbs ?? EMPTY
  for (const group of rule.apiGroups ?? EMPTY)
    for (const resource of rule.resources ?? EMPTY)
      for (const verb of verbs) {
        const part: PolicyRule = { verbs: [verb], apiGroups: [group], resources: [resource] }
        if (rule.resourceNames?.length) for (const name of rule.resourceNames) parts.push({ ...part, resourceNames: [name] })
        else parts.push(part)
      }
  for (const url of rule.nonResourceURLs ?? EMPTY) for (const verb of verbs) parts.push({ verbs: [verb], nonResourceURLs: [url] })
  return parts
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  if (!has(owner.verbs, part.verbs![0]!)) return false
  const url = part.nonResourceURLs?.[0]
  if (url !== undefined) return (owner.nonResourceURLs ?? EMPTY).some((own) => own === url || (own.endsWith('*') && url.startsWith(beforeStars(own))))
  const resource = part.resources![0]!
  const slash = resource.indexOf('/')
  const resources = owner.resources ?? EMPTY
  const fits = has(resources, resource) || (slash >= 0 && resources.includes(`*/${resource.slice(slash + 1)}`))
  if (!fits || !has(owner.apiGroups, part.apiGroups![0]!)) return false
  return !owner.resourceNames?.length || (part.resourceNames !== undefined && owner.resourceNames.includes(part.resourceNames[0]!))
}

/** Rules of one group and resource (and name) put together, verbs in their order (registry/rbac/validation: policy_compact.go). */
export function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const out: PolicyRule[] = []
  const simple = new Map<string, { rule: PolicyRule; verbs: string[] }>()
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      out.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const found = simple.get(key)
    if (found) found.verbs.push(...(rule.verbs ?? EMPTY))
    else simple.set(key, { rule, verbs: [...(rule.verbs ?? EMPTY)] })
  }
  for (const { rule, verbs } of simple.values()) out.push({ ...rule, verbs })
  return out
}

const quoted = (list: readonly string[]): string => `[${list.map((text) => JSON.stringify(text)).join(' ')}]`

/** One rule in the words of an escalation refusal (pkg/apis/rbac/v1: CompactString). */
export function ruleText(rule: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups], ['Resources', rule.resources], ['NonResourceURLs', rule.nonResourceURLs], ['ResourceNames', rule.resourceNames], ['Verbs', rule.verbs],
  ]
  return `{${parts.filter(([, list]) => list?.length).map(([name, list]) => `${name}:${quoted(list!)}`).join(', ')}}`
}
