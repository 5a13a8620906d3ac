import { base64Encode } from '../../api/base64.ts'
import { keyOf, splitKey, uidOf } from '../../api/meta.ts'
import { ROOT_CA_BUNDLE } from '../../api/root-ca.ts'
import { isConflict, isNotFound, isStatus } from '../../api/status.ts'
import { ISSUER, issueToken } from '../../apiserver/authentication/account-token.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import { get, remove, SECRETS, SERVICE_ACCOUNTS, update } from '../../client/request.ts'
import { unixSeconds } from '../../engine/time.ts'
import type { Secret } from '../../kinds/secret/secret.ts'
import type { ServiceAccount } from '../../kinds/serviceaccount/serviceaccount.ts'

const TYPE = 'kubernetes.io/service-account-token'
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
const ACCOUNT_UID = 'kubernetes.io/service-account.uid'
/** Tokens in Secrets have no end; a hundred years come close. */
const FOREVER = 100 * 365 * 86_400

const isToken = ({ type }: Secret): boolean => type === TYPE
const wakeSecret = (ctx: HandlerContext, secret: Secret): void => {
  if (isToken(secret)) ctx.enqueue(keyOf(secret))
}

/**
 * Fills Secrets of type service-account-token, and deletes them with their account (kube-controller-manager:
 * serviceaccount, tokens_controller.go).
 */
export const serviceAccountTokenController: Controller = {
  name: 'serviceaccount-token-controller',
  workers: 5,
  watches: [
    { resource: SECRETS, onAdd: wakeSecret, onUpdate: (ctx, _old: Secret, secret: Secret) => wakeSecret(ctx, secret) },
    {
      resource: SERVICE_ACCOUNTS,
      onDelete(ctx, account: ServiceAccount) {
        for (const secret of ctx.lister<Secret>('secrets').list(account.metadata.namespace))
          if (isToken(secret) && secret.metadata.annotations?.[ACCOUNT_NAME] === account.metadata.name) ctx.enqueue(keyOf(secret))
      },
    },
  ],
  reconcile: (ctx, key) => retrying(() => sync(ctx, key)),
}

function sync(ctx: ControllerContext, key: string): undefined {
  const { namespace, name } = splitKey(key)
  const secret = ctx.lister<Secret>('secrets').get(namespace, name)
  if (!secret || !isToken(secret)) return undefined
  const account = accountOf(ctx, secret)
  if (account) return fill(ctx, account, secret)
  ctx.note('accountToken.delete', { secret: key })
  const answer = ctx.call(remove(SECRETS, secret, { preconditions: { uid: uidOf(secret) } }))
  if (isStatus(answer) && !isNotFound(answer) && !isConflict(answer)) throw new Refused(answer)
  return undefined
}

/** The account that the Secret names, asked of the server when the cache does not know it. */
function accountOf(ctx: ControllerContext, { metadata }: Secret): ServiceAccount | undefined {
  const { [ACCOUNT_NAME]: name = '', [ACCOUNT_UID]: uid } = metadata.annotations ?? {}
  const isIt = (account: ServiceAccount | undefined): boolean => account !== undefined && (!uid || account.metadata.uid === uid)
  const cached = ctx.lister<ServiceAccount>('serviceaccounts').get(metadata.namespace, name)
  if (isIt(cached)) return cached
  const fresh = ctx.call<ServiceAccount>(get(SERVICE_ACCOUNTS, metadata.namespace, name))
  if (isStatus(fresh) && !isNotFound(fresh)) throw new Refused(fresh)
  return isStatus(fresh) || !isIt(fresh) ? undefined : fresh
}

function fill(ctx: ControllerContext, account: ServiceAccount, cached: Secret): undefined {
  if (isFilled(cached)) return undefined
  const live = must(ctx.call<Secret>(get(SECRETS, cached.metadata.namespace, cached.metadata.name)))
  if (live.metadata.resourceVersion !== cached.metadata.resourceVersion || isFilled(live)) return undefined
  const { namespace = '', annotations } = live.metadata
  const { now } = ctx
  const data = {
    ...live.data,
    'ca.crt': CA,
    ...(live.data?.['namespace'] ? {} : { namespace: base64Encode(namespace) }),
    ...(live.data?.['token'] ? {} : { token: base64Encode(tokenOf(account, live, unixSeconds(now))) }),
  }
  ctx.note('accountToken.fill', { secret: keyOf(live), account: account.metadata.name })
  const filled: Secret = { ...live, data, metadata: { ...live.metadata, annotations: { ...annotations, [ACCOUNT_NAME]: account.metadata.name, [ACCOUNT_UID]: uidOf(account) } } }
  const answer = ctx.call(update(SECRETS, filled))
  if (isStatus(answer) && !isConflict(answer) && !isNotFound(answer)) throw new Refused(answer)
  return undefined
}

const CA = base64Encode(ROOT_CA_BUNDLE)
const isFilled = ({ data }: Secret): boolean => !!data?.['token'] && !!data['namespace'] && data['ca.crt'] === CA

function tokenOf(account: ServiceAccount, secret: Secret, issued: number): string {
  const { namespace = '', name } = account.metadata
  return issueToken({
    aud: [ISSUER],
    iat: issued,
    exp: issued + FOREVER,
    iss: ISSUER,
    jti: uidOf(secret),
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name, uid: uidOf(account) } },
  })
}
