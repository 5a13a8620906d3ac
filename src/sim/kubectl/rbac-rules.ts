/** A rule of RBAC or of a rules review. */
export interface Rule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

const some = <T>(list: readonly T[] | undefined): readonly T[] => list ?? []

/** One rule a verb, group, resource and name, or a verb and path (component-helpers: rbac/validation, BreakdownRule). */
export function brokenDown(rule: Rule): readonly Rule[] {
  const names = some(rule.resourceNames)
  const resources = some(rule.apiGroups).flatMap((group) =>
    some(rule.resources).flatMap((resource) =>
      some(rule.verbs).flatMap((verb) =>
        (names.length > 0 ? names : [undefined]).map((name) => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...(name === undefined ? {} : { resourceNames: [name] }) })),
      ),
    ),
  )
  const paths = some(rule.nonResourceURLs).flatMap((url) => some(rule.verbs).map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })))
  return [...resources, ...paths]
}

/** Rules with the verbs of the same resource brought together, sorted as their Go dumps would be (registry/rbac/validation, CompactRules). */
export function compacted(rules: readonly Rule[]): readonly Rule[] {
  const byResource = new Map<string, Rule>()
  const paths: Rule[] = []
  for (const rule of rules.flatMap(brokenDown)) {
    if (rule.nonResourceURLs) {
      paths.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const known = byResource.get(key)
    byResource.set(key, known ? { ...known, verbs: [...known.verbs!, ...rule.verbs!] } : rule)
  }
  return [...paths, ...byResource.values()].map((rule) => ({ rule, text: dump(rule) })).sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ rule }) => rule)
}

const list = (values: readonly string[] | undefined): string => `[${some(values).join(' ')}]`
const dump = (r: Rule): string => `Verbs:${list(r.verbs)},APIGroups:${list(r.apiGroups)},Resources:${list(r.resources)},ResourceNames:${list(r.resourceNames)},NonResourceURLs:${list(r.nonResourceURLs)},`

const covers = (have: readonly string[] | undefined, want: string, wild = '*'): boolean => some(have).includes(want) || some(have).includes(wild)

/** Does this single right follow from a rule? (component-helpers: rbac/validation, ruleCovers) */
function follows(owner: Rule, right: Rule): boolean {
  if (!some(right.verbs).every((v) => covers(owner.verbs, v))) return false
  if (right.nonResourceURLs) return right.nonResourceURLs.every((url) => some(owner.nonResourceURLs).some((have) => have === url || have === '*' || (have.endsWith('*') && url.startsWith(have.slice(0, -1)))))
  const resource = right.resources![0]!
  const slash = resource.indexOf('/')
  const isResource = covers(owner.resources, resource) || (slash >= 0 && some(owner.resources).includes(`*${resource.slice(slash)}`))
  if (!covers(owner.apiGroups, right.apiGroups![0]!) || !isResource) return false
  const names = some(owner.resourceNames)
  return names.length === 0 || (some(right.resourceNames).length > 0 && right.resourceNames!.every((n) => names.includes(n)))
}

/** Rights of `wanted` that no rule of `had` gives, brought together again. */
export const uncovered = (had: readonly Rule[], wanted: readonly Rule[]): readonly Rule[] => wanted.flatMap(brokenDown).filter((right) => !had.some((rule) => follows(rule, right)))
