import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, refuse } from '../failure.ts'
import { helpText } from '../help.ts'
import { layoutTable } from '../print-table.ts'
import { printerOf } from '../printer.ts'
import { canI } from './can-i.ts'
import { reconcile } from './reconcile.ts'

export const authVerb: Verb = {
  name: 'auth',
  summary: 'Ask what this user may do',
  usage: ['kubectl auth can-i create pods', 'kubectl auth can-i --list --as=alice', 'kubectl auth whoami', 'kubectl auth reconcile -f rbac.yaml --dry-run=client'],
  run(ctx, inv) {
    switch (inv.path[1]) {
      case 'can-i':
        return canI(ctx, inv)
      case 'whoami':
        return whoAmI(ctx, inv)
      case 'reconcile':
        return reconcile(ctx, inv)
      case undefined:
        if (inv.args.length > 0) throw new Failure(`error: unknown command ${JSON.stringify(inv.args.join(' '))}\nSee 'kubectl auth -h' for help and examples`)
        ctx.err(helpText(['auth'], []))
        return 1
      default:
        return fail(`kubectl auth ${inv.path[1]} is not modelled here`)
    }
  },
}

interface Asker {
  readonly username?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

function whoAmI(ctx: KubectlContext, inv: Invocation): number {
  const printer = printerOf(ctx, inv, [], true)
  const group = 'authentication.k8s.io'
  const body = { kind: 'SelfSubjectReview', apiVersion: `${group}/v1`, metadata: {} } as unknown as KubeObject
  const answer = ctx.call({ verb: 'create', group, version: 'v1', resource: 'selfsubjectreviews', body }) as KubeObject | Status
  if (isStatus(answer)) refuse(answer)
  const { metadata, status } = answer as KubeObject & { readonly status: { readonly userInfo: Asker } }
  const { username = '', uid, groups, extra } = status.userInfo
  const list = (values: readonly string[]): string => `[${values.join(' ')}]`
  if (printer) {
    const userInfo = { username, ...(uid ? { uid } : {}), ...(groups?.length ? { groups } : {}), ...(extra ? { extra } : {}) }
    ctx.out(printer.one({ kind: 'SelfSubjectReview', apiVersion: `${group}/v1`, metadata: metadata as unknown as JsonValue, status: { userInfo } } as unknown as KubeObject))
    return 0
  }
  const rows = [
    ['ATTRIBUTE', 'VALUE'], ['Username', username], ...(uid ? [['UID', uid]] : []), ...(groups?.length ? [['Groups', list(groups)]] : []),
    ...Object.keys(extra ?? {}).sort().map((key) => [`Extra: ${key}`, list(extra![key]!)]),
  ]
  ctx.out(layoutTable(rows))
  return 0
}
