import type { Container } from '../../api/container.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { ContainerStatus } from '../../api/pod-status.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { create, PODS } from '../../client/request.ts'
import { attachTo } from '../attaching.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { namesFiles } from '../files.ts'
import { isImageName } from '../image-name.ts'
import { deleteTarget, getTarget, kindOf, patchTarget, targetsOf, type Target } from '../resources.ts'
import { logOf, podWhen } from '../running.ts'
import { profiled, profiledSpec, PROFILES, type Style } from './profiles.ts'

export const debugVerb: Verb = {
  name: 'debug',
  summary: 'Look into a pod with another container, a copy of it, or into a node',
  usage: ['kubectl debug web-1 --image=busybox', 'kubectl debug web-1 --copy-to=web-debug --set-image=nginx=nginx:1.27', 'kubectl debug node/node-1 --image=busybox'],
  run: debug,
}

interface Wish {
  readonly names: readonly string[]
  readonly words: readonly string[]
  readonly image: string
  readonly copyTo: string
  readonly container: string
  readonly images: Readonly<Record<string, string>>
  readonly profile: string
}

const pairs = (values: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(values.map((v) => [v.split('=')[0]!, v.slice(v.indexOf('=') + 1)]))

function wishOf(inv: Invocation): Wish {
  const { flags, args, dash } = inv
  const at = dash >= 0 ? dash : args.length
  return {
    names: args.slice(0, at), words: args.slice(at), image: flags.text('image'), copyTo: flags.text('copy-to'), container: flags.text('container'),
    images: pairs(flags.list('set-image')), profile: flags.text('profile') || 'general',
  }
}

/** kubectl: debug.go, Complete and Validate. */
function check(ctx: KubectlContext, { flags }: Invocation, { names, words, image, copyTo, container, images, profile }: Wish): void {
  if (!PROFILES.includes(profile)) fail(`unknown profile: ${profile}`)
  if (flags.text('custom')) fail('custom profiles are not modelled here; choose one with --profile')
  if (flags.given('attach') && flags.bool('attach') && !image && !container) fail('you must specify --container or create a new container using --image in order to attach.')
  if (copyTo) {
    if (!image && Object.keys(images).length === 0 && words.length === 0) fail('you must specify --image, --set-image or command arguments.')
    if (words.length > 0 && !container && !image) fail('you must specify an existing container or a new image when specifying args.')
  } else {
    if (flags.bool('replace')) fail('--replace may only be used with --copy-to.')
    if (flags.bool('same-node')) fail('--same-node may only be used with --copy-to.')
    if (Object.keys(images).length > 0) fail('--set-image may only be used with --copy-to.')
    if (!image) fail('you must specify --image when not using --copy-to.')
  }
  if (image && !isImageName(image)) fail(`invalid image name ${JSON.stringify(image)}: invalid reference format`)
  if (names.length === 0 && !namesFiles(flags)) fail('NAME or filename is required for debug')
  const policy = flags.text('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) fail(`invalid image pull policy: ${policy}`)
  for (const name of Object.keys(images).sort()) if (!isImageName(images[name]!)) fail(`invalid image name ${JSON.stringify(images[name])} for container ${JSON.stringify(name)}: invalid reference format`)
  const target = flags.text('target')
  if (target && copyTo) fail('--target is incompatible with --copy-to. Use --share-processes instead.')
  if (target && !flags.bool('quiet')) ctx.out(`Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`)
  if (flags.bool('tty') && !flags.bool('stdin')) fail('-i/--stdin is required for containers with -t/--tty=true')
  if (profile === 'legacy') ctx.err('--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n')
}

function debug(ctx: KubectlContext, inv: Invocation): number {
  const wish = wishOf(inv)
  check(ctx, inv, wish)
  const targets = wish.names.map((name): Target => (name.includes('/') ? targetsOf([name], inv.namespace).targets[0]! : { kind: kindOf('pods'), name, namespace: inv.namespace }))
  for (const target of targets) {
    const found = ctx.call(getTarget(target)) as KubeObject | Status
    if (isStatus(found)) refuse(found)
    const made = target.kind.kind === 'Node' ? onNode(ctx, inv, wish, found as KubeObject) : target.kind.kind !== 'Pod' ? fail(`"${target.kind.group ? `${target.kind.group}/` : '/'}${target.kind.version}, Kind=${target.kind.kind}" not supported by debug`) : wish.copyTo ? byCopy(ctx, inv, wish, target, found as Pod) : besides(ctx, inv, wish, target, found as Pod)
    const attach = inv.flags.given('attach') ? inv.flags.bool('attach') : inv.flags.bool('stdin')
    if (attach && made.container !== '') join(ctx, inv, made)
  }
  return 0
}

/** The pod and the container in it that were made for looking. */
interface Made {
  readonly pod: Pod
  readonly container: string
}

/** Waits until the container runs, and joins it (kubectl: debug.go, handleAttachPod). */
function join(ctx: KubectlContext, { flags }: Invocation, { pod: { metadata }, container }: Made): void {
  const stateOf = ({ status }: Pod): ContainerStatus['state'] => [...(status?.ephemeralContainerStatuses ?? []), ...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find((s) => s.name === container)?.state
  const pod = podWhen(ctx, metadata.namespace, metadata.name, (p) => {
    const state = stateOf(p)
    if (!flags.bool('quiet') && state?.waiting?.message) ctx.err(`Warning: container ${container}: ${state.waiting.message}\n`)
    return state?.running !== undefined || state?.terminated !== undefined
  })!
  if (stateOf(pod)?.terminated) return ctx.out(logOf(ctx, pod, container))
  attachTo(ctx, pod, container, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), quiet: flags.bool('quiet') })
}

const suffix = (ctx: KubectlContext): string => Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[ctx.random(27)]).join('')

function nameFor(ctx: KubectlContext, { flags }: Invocation, { container }: Wish): string {
  if (container) return container
  const name = `debugger-${suffix(ctx)}`
  if (!flags.bool('quiet')) ctx.out(`Defaulting debug container name to ${name}.\n`)
  return name
}

/** What flags say of the new container. */
function containerFor({ flags }: Invocation, { image, words }: Wish, name: string): Container {
  const env = Object.entries(pairs(flags.list('env'))).map(([key, value]) => ({ name: key, value }))
  return {
    name, ...(image ? { image } : {}), ...(words.length > 0 ? (flags.bool('arguments-only') ? { args: words } : { command: words }) : {}), ...(env.length > 0 ? { env } : {}),
    ...(flags.text('image-pull-policy') ? { imagePullPolicy: flags.text('image-pull-policy') } : {}), ...(flags.bool('stdin') ? { stdin: true } : {}),
    terminationMessagePolicy: 'File', ...(flags.bool('tty') ? { tty: true } : {}),
  } as Container
}

function besides(ctx: KubectlContext, inv: Invocation, wish: Wish, target: Target, pod: Pod): Made {
  const name = nameFor(ctx, inv, wish)
  const made = profiled(wish.profile, 'ephemeral', containerFor(inv, wish, name))
  const aimed = inv.flags.text('target') ? { ...made, targetContainerName: inv.flags.text('target') } : made
  const had = pod.spec.ephemeralContainers ?? []
  const patch = { spec: { ephemeralContainers: [...had.filter((c) => c.name === name), aimed] } }
  const taken = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some((c) => c.name === name)
  const answer = ctx.call(patchTarget(target, (taken ? { spec: { ephemeralContainers: [...had, aimed] } } : patch) as never, 'strategic', undefined, 'ephemeralcontainers')) as KubeObject | Status
  return isStatus(answer) ? refuse(answer) : { pod: answer as Pod, container: name }
}

function onNode(ctx: KubectlContext, inv: Invocation, wish: Wish, node: KubeObject): Made {
  const style: Style = 'node'
  const container = wish.container || 'debugger'
  const name = `node-debugger-${node.metadata.name}-${suffix(ctx)}`
  if (!inv.flags.bool('quiet')) ctx.out(`Creating debugging pod ${name} with container ${container} on node ${node.metadata.name}.\n`)
  const made = profiled(wish.profile, style, containerFor(inv, wish, container))
  const spec = profiledSpec(wish.profile, style, { containers: [made], nodeName: node.metadata.name, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }] } as unknown as PodSpec, container)
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } }, spec } as unknown as KubeObject
  const answer = ctx.call(create(PODS, inv.namespace, pod)) as KubeObject | Status
  return isStatus(answer) ? refuse(answer) : { pod: answer as Pod, container }
}

function byCopy(ctx: KubectlContext, inv: Invocation, wish: Wish, target: Target, pod: Pod): Made {
  const { flags } = inv
  const { name: copied, spec } = copyOf(ctx, inv, wish, pod)
  const keep = (flag: string): boolean => flags.bool(flag)
  const metadata = {
    name: wish.copyTo, namespace: pod.metadata.namespace, ...(keep('keep-annotations') && pod.metadata.annotations ? { annotations: pod.metadata.annotations } : {}),
    ...(keep('keep-labels') && pod.metadata.labels ? { labels: pod.metadata.labels } : {}),
  }
  const answer = ctx.call(create(PODS, pod.metadata.namespace, { apiVersion: 'v1', kind: 'Pod', metadata, spec: copied ? profiledSpec(wish.profile, 'copy', spec, copied) : spec } as unknown as KubeObject)) as KubeObject | Status
  if (isStatus(answer)) refuse(answer)
  const made: Made = { pod: answer as Pod, container: copied }
  if (!flags.bool('replace')) return made
  const gone = ctx.call(deleteTarget(target, { gracePeriodSeconds: 0 })) as KubeObject | Status
  return isStatus(gone) ? refuse(gone) : made
}

/** The copy's spec; `name` is the debugged container, '' where only images change. */
function copyOf(ctx: KubectlContext, inv: Invocation, wish: Wish, pod: Pod): { readonly name: string; readonly spec: PodSpec } {
  const { flags } = inv
  const { ephemeralContainers: _none, nodeName, initContainers, ...rest } = pod.spec
  const images = pod.spec.containers.map((c) => ({ ...c, image: wish.images[c.name] ?? wish.images['*'] ?? c.image }))
  const base: PodSpec = {
    ...rest, containers: images, ...(flags.bool('same-node') && nodeName ? { nodeName } : {}), ...(initContainers ? { initContainers } : {}),
    ...(flags.given('share-processes') ? { shareProcessNamespace: flags.bool('share-processes') } : {}),
  } as PodSpec
  const existing = images.find((c) => c.name === wish.container)
  if (!existing && !wish.image) return Object.keys(wish.images).length > 0 ? { name: '', spec: base } : fail('you must specify image when creating new container')
  const name = existing?.name ?? nameFor(ctx, inv, wish)
  const made = containerFor(inv, wish, name)
  const { args: _args, ...withoutArgs } = existing ?? ({} as Container)
  const merged = profiled(wish.profile, 'copy', existing ? { ...(made.command ? withoutArgs : existing), ...made } : made)
  const containers = existing ? images.map((c) => (c === existing ? merged : c)) : [...images, merged]
  const { initContainers: init, ...plain } = base
  return { name, spec: { ...plain, containers: containers.map((c) => withoutProbes(c, inv)), ...(init && (!flags.given('keep-init-containers') || flags.bool('keep-init-containers')) ? { initContainers: init } : {}) } as PodSpec }
}

function withoutProbes(c: Container, { flags }: Invocation): Container {
  const { livenessProbe, readinessProbe, startupProbe, ...rest } = c
  return {
    ...rest, ...(livenessProbe && flags.bool('keep-liveness') ? { livenessProbe } : {}), ...(readinessProbe && flags.bool('keep-readiness') ? { readinessProbe } : {}),
    ...(startupProbe && flags.bool('keep-startup') ? { startupProbe } : {}),
  } as Container
}
