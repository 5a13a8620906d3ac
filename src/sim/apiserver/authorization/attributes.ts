import type { UserInfo } from '../authentication/user.ts'

/** What is asked of the authorizer (apiserver: authorizer.Attributes): a verb on a resource, or on a path. */
export interface Attributes {
  readonly user: UserInfo
  readonly verb: string
  /** Set for requests that name no resource; the rest is then empty. */
  readonly path?: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  /** '' for cluster scope and for all namespaces. */
  readonly namespace: string
  readonly name: string
  /** Requirements of the field selector, `field=value` only; nodes may list what is theirs. */
  readonly fields?: Readonly<Record<string, string>>
}

/** An authorizer's word: undefined `reason` where it says nothing. */
export interface Verdict {
  readonly allowed: boolean
  readonly reason: string
}

export const resourceRequest = (
  user: UserInfo, verb: string, group: string, resource: string, namespace = '', name = '', subresource = '',
): Attributes => ({ user, verb, group, resource, subresource, namespace, name })

export const pathRequest = (user: UserInfo, verb: string, path: string): Attributes => ({
  user, verb, path, group: '', resource: '', subresource: '', namespace: '', name: '',
})

/** Requirements `field=value` of a field selector. */
export function exactFields(selector: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const clause of selector.split(',')) {
    const match = /^([^=!]+)==?(.*)$/.exec(clause)
    if (match) fields[match[1]!] = match[2]!
  }
  return fields
}
