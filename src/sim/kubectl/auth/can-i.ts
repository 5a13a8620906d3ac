import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { discovery } from '../discovery.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { layoutTable } from '../print-table.ts'
import { resourceGroupText } from '../rule-text.ts'
import { compacted, type Rule } from '../rbac-rules.ts'

const VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'impersonate', '*', 'approve', 'sign', 'escalate', 'attest'])
const PATH_VERBS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*'])
/** Words that RBAC knows though discovery does not. */
const NO_KINDS: ReadonlySet<string> = new Set(['users', 'groups'])
const GROUP = 'authorization.k8s.io'

const review = (ctx: KubectlContext, kind: string, spec: object): KubeObject => {
  const body = { kind, apiVersion: `${GROUP}/v1`, metadata: {}, spec } as unknown as KubeObject
  const answer = ctx.call({ verb: 'create', group: GROUP, version: 'v1', resource: `${kind.toLowerCase()}s`, body }) as KubeObject | Status
  return isStatus(answer) ? refuse(answer) : answer
}

/** `auth can-i`: asks the server about a verb, or for everything (kubectl: auth/cani.go). */
export function canI(ctx: KubectlContext, inv: Invocation): number {
  const { flags, args } = inv
  if (flags.bool('list')) return listAccess(ctx, inv)
  if (args.length !== 2) fail("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.")
  const spec = args[1]!.startsWith('/') ? pathSpec(ctx, inv) : resourceSpec(ctx, inv)
  if (flags.bool('no-headers')) fail('--no-headers cannot be set without --list specified')
  const { allowed, reason, evaluationError } = review(ctx, 'SelfSubjectAccessReview', spec).status as { readonly allowed?: boolean; readonly reason?: string; readonly evaluationError?: string }
  const because = [reason, evaluationError].filter(Boolean).map((text) => ` - ${text}`).join('')
  if (!flags.bool('quiet')) ctx.out(allowed ? 'yes\n' : `no${because}\n`)
  return allowed ? 0 : 1
}

const warn = (ctx: KubectlContext, text: string): void => ctx.err(`Warning: ${text}\n\n`)

function pathSpec(ctx: KubectlContext, { args, flags }: Invocation): object {
  const [verb, path] = args as [string, string]
  if (flags.text('subresource')) fail('--subresource can not be used with NonResourceURL')
  if (!PATH_VERBS.has(verb)) warn(ctx, `verb '${verb}' is not a known verb`)
  return { nonResourceAttributes: { verb, path } }
}

function resourceSpec(ctx: KubectlContext, { args, flags, namespace }: Invocation): object {
  const [verb, word] = args as [string, string]
  const slash = word.indexOf('/')
  const [type, name] = slash < 0 ? [word, ''] : [word.slice(0, slash), word.slice(slash + 1)]
  const kind = type === '*' ? undefined : discovery.resourceFor(type)
  if (!kind && type !== '*' && !NO_KINDS.has(type)) {
    const dot = type.indexOf('.')
    warn(ctx, `the server doesn't have a resource type '${dot < 0 ? type : type.slice(0, dot)}'${dot < 0 ? '' : ` in group '${type.slice(dot + 1)}'`}`)
  }
  const everywhere = flags.bool('all-namespaces')
  if (!everywhere) {
    if (kind && !kind.namespaced) warn(ctx, `resource '${kind.plural}' is not namespace scoped${kind.group ? ` in group '${kind.group}'` : ''}`)
    if (!VERBS.has(verb)) warn(ctx, `verb '${verb}' is not a known verb`)
  }
  const subresource = flags.text('subresource')
  return {
    resourceAttributes: {
      ...(everywhere ? {} : { namespace }), verb, ...(kind?.group ? { group: kind.group } : {}), resource: kind?.plural ?? type,
      ...(subresource ? { subresource } : {}), ...(name ? { name } : {}),
    },
  }
}

function listAccess(ctx: KubectlContext, { flags, args, namespace }: Invocation): number {
  if (args.length > 0) fail('list option must be specified with no arguments')
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.text('subresource')) fail("list option can't be specified with neither quiet, all-namespaces nor subresource options")
  const status = review(ctx, 'SelfSubjectRulesReview', { namespace }).status as { readonly incomplete?: boolean; readonly evaluationError?: string; readonly resourceRules?: readonly Rule[]; readonly nonResourceRules?: readonly Rule[] }
  if (status.incomplete) ctx.err(`Warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`)
  const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
  const rows = compacted([...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])]).map((r) => [resourceGroupText(r.resources, r.apiGroups), list(r.nonResourceURLs), list(r.resourceNames), list(r.verbs)])
  ctx.out(layoutTable([...(flags.bool('no-headers') ? [] : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']]), ...rows]))
  return 0
}
