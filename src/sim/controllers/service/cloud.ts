import type { ControllerContext } from '../../client/controller.ts'
import { seconds } from '../../engine/time.ts'

/** A load balancer of the modelled cloud: its address and the nodes that it sends to, sorted. Rows are keyed by Service. */
export interface Balancer {
  readonly uid: string
  readonly ip: string
  readonly hosts: readonly string[]
}

export const BALANCERS = 'balancers'
/** Addresses for documentation (RFC 5737): the cloud owns .1 to .254. */
const NETWORK = '203.0.113.'
const HOSTS = 254
/** A cloud takes its time to make a load balancer. */
const FASTEST = seconds(6)
const SPREAD = 8_000_000

const table = (ctx: ControllerContext) => ctx.state<Balancer>(BALANCERS)

export const balancerOf = (ctx: ControllerContext, key: string): Balancer | undefined => ctx.once(() => table(ctx).get(key) ?? null) ?? undefined

/**
 * Makes the balancer or brings its nodes up to date; a text says why that cannot be. `wish`: spec.loadBalancerIP;
 * `present`: the address that the Service has already, by a controller that has been restarted since.
 */
export function ensureBalancer(ctx: ControllerContext, key: string, uid: string, hosts: readonly string[], wish: string | undefined, present: string | undefined): Balancer | string {
  const known = balancerOf(ctx, key)
  if (!known && !present) ctx.sleep(FASTEST + ctx.random(SPREAD))
  return ctx.once(() => {
    const ip = known?.ip ?? present ?? freeAddress(ctx, wish)
    if (ip === undefined) return wish ? `address ${wish} is not available in ${NETWORK}0/24` : `no address is left in ${NETWORK}0/24`
    const balancer: Balancer = { uid, ip, hosts }
    table(ctx).set(key, balancer)
    return balancer
  })
}

function freeAddress(ctx: ControllerContext, wish: string | undefined): string | undefined {
  const used = new Set(table(ctx).values().map(({ ip }) => ip))
  if (wish) return new RegExp(`^${NETWORK.replaceAll('.', '\\.')}\\d+$`).test(wish) && Number(wish.slice(NETWORK.length)) <= HOSTS && !used.has(wish) ? wish : undefined
  for (let n = 1; n <= HOSTS; n++) if (!used.has(`${NETWORK}${n}`)) return `${NETWORK}${n}`
  return undefined
}

export function deleteBalancer(ctx: ControllerContext, key: string): void {
  ctx.sleep(FASTEST / 2 + ctx.random(SPREAD))
  ctx.once(() => {
    table(ctx).delete(key)
    return null
  })
}
