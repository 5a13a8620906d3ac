import type { Status } from '../../api/status.ts'
import { resourceRequest, type Attributes } from '../authorization/attributes.ts'
import { forbiddenRequest, type Authorizer } from '../authorization/authorizer.ts'
import { impersonated, splitAccount, type UserInfo } from './user.ts'

/** Whom a request wants to be taken for (the Impersonate-* headers). */
export interface Impersonation {
  readonly name: string
  readonly groups?: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

const known = new Map<string, UserInfo>()
const GROUP = 'authentication.k8s.io'

/**
 * The user that a request is carried out as, or the refusal (endpoints/filters/impersonation). Either the old right
 * "impersonate" on everything that is assumed, or the two constrained rights of KEP-5284.
 */
export function impersonating(authorizer: Authorizer, wanted: Impersonation, asked: Attributes): UserInfo | Status {
  const { user } = asked
  const may = (attributes: Attributes): boolean => authorizer.verdict(attributes).allowed
  if (!parts(user, wanted, 'impersonate', '').every(may)) {
    const mode = modeOf(wanted.name)
    const on = { ...asked, verb: `impersonate-on:${mode}:${asked.verb}` }
    if (!may(on) || !parts(user, wanted, `impersonate:${mode}`, GROUP).every(may)) return forbiddenRequest(on, '')
  }
  const key = JSON.stringify(wanted)
  let made = known.get(key)
  if (!made) {
    if (known.size > 1000) known.clear()
    known.set(key, (made = impersonated(wanted.name, wanted.groups ?? [], wanted.uid, wanted.extra)))
  }
  return made
}

const modeOf = (name: string): string => (splitAccount(name) ? 'serviceaccount' : name.startsWith('system:node:') ? 'arbitrary-node' : 'user-info')

function parts(user: UserInfo, { name, groups = [], uid, extra = {} }: Impersonation, verb: string, group: string): readonly Attributes[] {
  const account = splitAccount(name)
  const who = account ? resourceRequest(user, verb, group, 'serviceaccounts', account.namespace, account.name) : resourceRequest(user, verb, group, 'users', '', name)
  return [
    who,
    ...groups.map((g) => resourceRequest(user, verb, group, 'groups', '', g)),
    ...(uid ? [resourceRequest(user, verb, GROUP, 'uids', '', uid)] : []),
    ...Object.keys(extra).sort().flatMap((key) => extra[key]!.map((value) => resourceRequest(user, verb, GROUP, 'userextras', '', value, key))),
  ]
}
