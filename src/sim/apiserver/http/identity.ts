import { unauthorized, type Status } from '../../api/status.ts'
import { unixSeconds, type Micros } from '../../engine/time.ts'
import type { Store } from '../../store/store.ts'
import type { ApiServer } from '../server.ts'
import { readToken, type TokenClaims } from '../authentication/account-token.ts'
import { impersonating, type Impersonation } from '../authentication/impersonation.ts'
import { userOfToken } from '../authentication/tokens.ts'
import { accountName, ANONYMOUS, userNamed, type UserInfo } from '../authentication/user.ts'
import type { Attributes } from '../authorization/attributes.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import type { HttpRequest } from './message.ts'

/**
 * Authentication: a user whom the transport knows already (a certificate), a bearer token, or nobody in particular
 * (apiserver: endpoints/filters/authentication.go).
 */
export function authenticate({ who, token }: HttpRequest, server: Pick<ApiServer, 'store' | 'allowsAnonymous'>, now: Micros): UserInfo | Status {
  if (who) return who
  if (token === undefined) return server.allowsAnonymous ? ANONYMOUS : unauthorized()
  const listed = userOfToken(token)
  if (listed) return listed
  const claims = readToken(token)
  return claims && isValid(claims, server.store, now) ? userNamed(accountName(claims['kubernetes.io'].namespace, claims['kubernetes.io'].serviceaccount.name)) : unauthorized()
}

/** A token lives as long as its time, its service account and the pod it is bound to. */
function isValid({ exp, 'kubernetes.io': about }: TokenClaims, store: Store, now: Micros): boolean {
  const { namespace, serviceaccount, pod } = about
  if (exp <= unixSeconds(now)) return false
  if (store.get(`serviceaccounts/${namespace}/${serviceaccount.name}`)?.metadata.uid !== serviceaccount.uid) return false
  return !pod || store.get(`pods/${namespace}/${pod.name}`)?.metadata.uid === pod.uid
}

/** The user that the request is carried out as, where it asks for another than its own. */
export function assume(authorizer: Authorizer, wanted: Impersonation | undefined, asked: Attributes): UserInfo | Status {
  return wanted ? impersonating(authorizer, wanted, asked) : asked.user
}
