import type { JsonValue } from '../../api/meta.ts'
import { parseQuantity } from '../../api/quantity.ts'
import type { Invocation } from '../context.ts'
import { fail } from '../failure.ts'
import type { Planned } from './set.ts'

function amounts(text: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {}
  for (const part of text.split(',').filter(Boolean)) {
    const [name, amount, ...rest] = part.split('=')
    if (!name || amount === undefined || rest.length > 0) fail(`invalid argument syntax ${part}, expected <resource>=<value>`)
    if (typeof parseQuantity(amount!) === 'string') fail(parseQuantity(amount!) as string)
    out[name!] = amount!
  }
  return out
}

/** `set resources`: --limits and --requests of the chosen containers. */
export function resourcesChange(inv: Invocation): Planned {
  const [limits, requests] = [amounts(inv.flags.text('limits')), amounts(inv.flags.text('requests'))]
  const chosen = inv.flags.text('containers') || '*'
  if (Object.keys(limits).length + Object.keys(requests).length === 0) fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const resources = {
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
  }
  return {
    resources: inv.args,
    change: (spec) => {
      const found = spec.containers.filter((c) => chosen === '*' || c.name === chosen)
      return found.length > 0 ? found.map((c): JsonValue => ({ name: c.name, resources })) : `error: unable to find container named ${chosen}`
    },
  }
}
