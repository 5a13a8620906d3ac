import type { VolumeProjection } from '../../api/volume.ts'
import { EXTENDED, ISSUER, issueToken, WARN_ONLY } from '../../apiserver/authentication/account-token.ts'
import { seconds, unixSeconds, type Micros } from '../../engine/time.ts'
import { SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION } from '../../flags/kube-apiserver.ts'
import { directory, file, link, lookUp, withPath, type FsNode } from '../linux/fs.ts'
import type { Machine } from '../linux/machine.ts'
import { clockText } from '../linux/tools/clock.ts'
import type { PodRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

type TokenSource = NonNullable<VolumeProjection['serviceAccountToken']>

/** A token that has used up this share of its time is asked for anew, a day at the latest (pkg/kubelet/token: requiresRefresh). */
const USED_UP = 0.8
const DAY = seconds(86_400)
/** From then until the pod's next sync writes it down. */
const SYNC = seconds(70)

/** The token of a pod's service account as the API server issued it at `at` (serviceaccount: claims.go). */
export function tokenText(world: KubeletWorld, { pod }: PodRow, { audience = ISSUER, expirationSeconds = 3600 }: TokenSource, at: Micros): string {
  const { namespace = '', name, uid = '' } = pod.metadata
  const iat = unixSeconds(at)
  const account = pod.spec.serviceAccountName ?? 'default'
  const accountUid = world.reader.get('serviceaccounts', namespace, account)?.metadata.uid ?? ''
  const isExtended = audience === ISSUER && expirationSeconds === WARN_ONLY && world.flags.get(SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION)
  return issueToken({
    aud: [audience], exp: iat + (isExtended ? EXTENDED : expirationSeconds), iat, iss: ISSUER, jti: uid, sub: `system:serviceaccount:${namespace}:${account}`,
    'kubernetes.io': { namespace, serviceaccount: { name: account, uid: accountUid }, pod: { name, uid }, ...(isExtended ? { warnafter: iat + expirationSeconds } : {}) },
  })
}

/** How long a token stands in its file. */
const lasts = ({ expirationSeconds = 3600 }: TokenSource): Micros => Math.min(Math.floor(seconds(expirationSeconds) * USED_UP), DAY) + SYNC

/** The token that stands in a volume, or a new one where none does or its time is used up. */
export function currentToken(world: KubeletWorld, row: PodRow, volume: string, source: TokenSource, now: Micros): { readonly token: string; readonly since: Micros } {
  const tree = row.machine?.roots[`volume:${volume}`]
  const present = tree && lookUp(tree, ['..data'])
  const there = present?.t === 'l' ? lookUp(tree!, [present.to, ...source.path.split('/')]) : undefined
  return there?.t === 'f' && now - there.mtime < lasts(source) ? { token: there.data, since: there.mtime } : { token: tokenText(world, row, source, now), since: now }
}

/**
 * The machine with the tokens that its volumes show at `now`. Renewals are no events: which one there is follows from the age of the
 * files, and they are laid down when somebody looks.
 */
export function withTokens(world: KubeletWorld, row: PodRow, machine: Machine, now: Micros): Machine {
  let roots: Record<string, FsNode> | undefined
  for (const volume of row.pod.spec.volumes ?? []) {
    const sources = volume.projected?.sources
    if (!sources?.some((s) => s.serviceAccountToken)) continue
    const fs = `volume:${volume.name}`
    const tree = machine.roots[fs]
    const renewed = tree && renew(world, row, tree, sources.flatMap((s) => s.serviceAccountToken ?? []), now)
    if (renewed && renewed !== tree) (roots ??= { ...machine.roots })[fs] = renewed
  }
  return roots ? { ...machine, roots } : machine
}

/** A new version of the files, behind `..data`, with tokens that were due (the kubelet's AtomicWriter). */
function renew(world: KubeletWorld, row: PodRow, tree: FsNode, tokens: readonly TokenSource[], now: Micros): FsNode {
  const to = lookUp(tree, ['..data'])
  const old = to?.t === 'l' ? lookUp(tree, [to.to]) : undefined
  if (tree.t !== 'd' || to?.t !== 'l' || old?.t !== 'd') return tree
  let inner: FsNode = old
  let at = 0
  for (const token of tokens) {
    const present = lookUp(old, token.path.split('/'))
    if (present?.t !== 'f') continue
    const turns = Math.floor((now - present.mtime) / lasts(token))
    if (turns < 1) continue
    const issued = present.mtime + turns * lasts(token)
    at = Math.max(at, issued)
    inner = withPath(inner, token.path, { ...file(tokenText(world, row, token, issued), present.mode, issued), uid: present.uid, gid: present.gid }, issued)
  }
  if (at === 0) return tree
  const stamp = `..${clockText(at, '%Y_%m_%d_%H_%M_%S')}.${String((at * 7919) % 4_294_967_296)}`
  const { [to.to]: _old, ...entries } = tree.entries
  return { ...directory({ [stamp]: inner, ...entries, '..data': { ...link(stamp, at), gid: tree.gid } }, tree.mode, at, tree.uid, tree.gid) }
}
