import { parseQuantity } from '../../api/quantity.ts'
import type { LabelSelector, Selector } from '../../api/labels.ts'
import { parseSelector } from '../../api/selector-syntax.ts'
import { fail } from '../failure.ts'
import { intOrText, objectOf, type Generator } from './generator.ts'

export const quota: Generator = {
  failed: 'failed to create quota: ',
  make(_ctx, { flags }, name) {
    const hard: Record<string, string> = {}
    for (const part of flags.text('hard') === '' ? [] : flags.text('hard').split(',')) {
      const pair = part.split('=')
      if (pair.length !== 2) fail(`Invalid argument syntax ${part}, expected <resource>=<value>`)
const quantity = parseQuantity(pair[1]!)
      if (typeof quantity === 'string') fail(quantity)
      hard[pair[0]!] = pair[1]!
    }
    const scopes = flags.text('scopes') === '' ? [] : flags.text('scopes').split(',')
    if (scopes.includes('')) fail('invalid resource quota scope ""')
    return objectOf('ResourceQuota', 'v1', { metadata: { name }, spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }, status: {} })
  },
}

export const priorityClass: Generator = {
  failed: 'failed to create priorityclass: ',
  make(_ctx, { flags }, name) {
    return objectOf('PriorityClass', 'scheduling.k8s.io/v1', {
      metadata: { name }, value: flags.int('value'),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}),
      ...(flags.text('description') ? { description: flags.text('description') } : {}),
      preemptionPolicy: flags.text('preemption-policy') || 'PreemptLowerPriority',
    })
  },
}

export const disruptionBudget: Generator = {
  failed: 'failed to create poddisruptionbudgets: ',
  make(_ctx, { flags }, name) {
    const [selector, least, most] = [flags.text('selector'), flags.text('min-available'), flags.text('max-unavailable')]
    if (!selector) fail('a selector must be specified')
    if (!least && !most) fail('one of min-available or max-unavailable must be specified')
    if (least && most) fail('min-available and max-unavailable cannot be both specified')
    if (least && !/^\d+%?$/.test(least)) fail('invalid format specified for min-available')
    if (most && !/^\d+%?$/.test(most)) fail('invalid format specified for max-unavailable')
    const parsed = parseSelector(selector)
    if (typeof parsed === 'string') return fail(`couldn't parse the selector string "${selector}": ${parsed}`)
    return objectOf('PodDisruptionBudget', 'policy/v1', {
      metadata: { name },
      spec: { ...(least ? { minAvailable: intOrText(least) } : {}), selector: labelSelectorOf(parsed), ...(most ? { maxUnavailable: intOrText(most) } : {}) },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    })
  },
}

const OPERATORS: Readonly<Record<string, string>> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' }

/** A selector in its structured form (metav1.ParseToLabelSelector). */
function labelSelectorOf({ requirements }: Selector): LabelSelector {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: { key: string; operator: string; values?: readonly string[] }[] = []
  for (const { key, operator, values } of requirements) {
    if (operator === '=' || operator === '==') matchLabels[key] = values[0]!
    else if (OPERATORS[operator]) matchExpressions.push({ key, operator: OPERATORS[operator]!, ...(values.length > 0 ? { values } : {}) })
    else fail(`${JSON.stringify(operator)} is not a valid label selector operator`)
  }
  return { ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) } as LabelSelector
}
