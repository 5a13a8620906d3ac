import { canonicalQuantity } from '../../api/quantity.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Describer } from './generic.ts'

type Amounts = Readonly<Record<string, string>>

interface Quota extends KubeObject {
  readonly spec: { readonly scopes?: readonly string[] }
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts }
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating: 'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

/** Scopes and the table of a quota; inside a namespace's description `indent` stands before each line. */
export function quotaText(object: KubeObject, indent: string): string {
  const { spec, status = {} } = object as Quota
  const scopes = [...(spec.scopes ?? [])].sort()
  let t = scopes.length > 0 ? `${indent}Scopes:\t${scopes.join(', ')}\n` : ''
  for (const scope of scopes) if (SCOPES[scope]) t += `${indent}${indent === '' ? ' ' : ''}* ${SCOPES[scope]}\n`
  const rule = indent === '' ? '----' : '---'
  const hard = status.hard ?? {}
  const rows = Object.keys(hard).sort().map((k) => `${indent}${k}\t${status.used?.[k] ?? '0'}\t${hard[k]!}\n`)
  return `${t}${indent}Resource\tUsed\tHard\n${indent}--------\t${rule}\t${rule}\n${rows.join('')}`
}

export const describeQuota: Describer = (_ctx, object) => ({ text: `Name:\t${object.metadata.name}\nNamespace:\t${object.metadata.namespace}\n${quotaText(object, '')}`, events: false })

interface Limit {
  readonly type: string
  readonly max?: Amounts
  readonly min?: Amounts
  readonly default?: Amounts
  readonly defaultRequest?: Amounts
  readonly maxLimitRequestRatio?: Amounts
}

export const LIMIT_HEAD = ['Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n', '----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n']

export function limitRows(object: KubeObject, indent: string): string {
  const { limits = [] } = object.spec as { readonly limits?: readonly Limit[] }
  return limits
    .map((l) => {
      const columns = [l.min, l.max, l.defaultRequest, l.default, l.maxLimitRequestRatio]
      const names = [...new Set(columns.flatMap((c) => Object.keys(c ?? {})))].sort()
      return names.map((name) => `${indent}${[l.type, name, ...columns.map((c) => (c?.[name] === undefined ? '-' : canonicalQuantity(c[name])))].join('\t')}\n`).join('')
    })
    .join('')
}

export const describeLimitRange: Describer = (_ctx, object) => ({ text: `Name:\t${object.metadata.name}\nNamespace:\t${object.metadata.namespace}\n${LIMIT_HEAD.join('')}${limitRows(object, '')}`, events: false })
