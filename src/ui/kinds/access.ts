import type { ApiObject } from '../../workers/protocol.ts'

/** Reads a path of an object of unknown shape; undefined where it ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value
  for (const part of path) {
    if (found === null || typeof found !== 'object') return undefined
    found = (found as Record<string | number, unknown>)[part]
  }
  return found
}

export const textAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : typeof found === 'number' || typeof found === 'boolean' ? String(found) : ''
}

export const numberAt = (value: unknown, ...path: readonly (string | number)[]): number => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : 0
}

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

export const conditionsOf = (object: ApiObject): readonly Condition[] => listAt(object, 'status', 'conditions') as readonly Condition[]

export const conditionOf = (object: ApiObject, type: string): Condition | undefined => conditionsOf(object).find((condition) => condition.type === type)

export interface OwnerReference {
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

export const ownersOf = (object: ApiObject): readonly OwnerReference[] => listAt(object, 'metadata', 'ownerReferences') as readonly OwnerReference[]

export const controllerOf = (object: ApiObject): OwnerReference | undefined => ownersOf(object).find(({ controller }) => controller === true)

/** "web-7887448d46-x7k2p" as "web-…-x7k2p" when it is too long for its place. */
export function shortName(name: string, most = 14): string {
  if (name.length <= most) return name
  const parts = name.split('-')
  const last = parts.at(-1) ?? ''
  if (parts.length > 2 && /^[a-z0-9]{5}$/.test(last)) {
    const room = Math.max(3, most - last.length - 3)
    const first = parts.slice(0, -2).join('-')
    return `${first.length > room ? `${first.slice(0, room)}` : first}-…-${last}`
  }
  return `${name.slice(0, most - 1)}…`
}
