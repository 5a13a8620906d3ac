import type { Container, EnvVar } from '../../api/container.ts'
import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { strategicMerge } from '../../api/patch/strategic-merge.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose, type Chosen } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, Failure, statusText } from '../failure.ts'
import { namesFiles } from '../files.ts'
import { podSpecOf, podSpecPatch, podSpecPath } from '../pod-spec-of.ts'
import { Report } from '../report.ts'
import { objectName, patchTarget } from '../resources.ts'
import { checkTyped } from '../typed-only.ts'
import { commandAt } from '../surface.ts'
import { envChange } from './env.ts'
import { setSelector, setServiceAccount, setSubject } from './others.ts'
import { resourcesChange } from './resources.ts'

export const setVerb: Verb = {
  name: 'set',
  summary: 'Change images, environment or resources of a workload',
  usage: ['kubectl set image deploy/web nginx=nginx:1.28', 'kubectl set env deploy/web COLOR=blue', 'kubectl set resources deploy/web --requests=cpu=100m --limits=memory=128Mi'],
  run: set,
}

/** The changed containers of a pod spec as a patch keyed by name, or a complaint. */
export type ContainerChange = (spec: PodSpec, object: KubeObject) => readonly JsonValue[] | string

function set(ctx: KubectlContext, inv: Invocation): number {
  switch (inv.path[1]) {
    case 'image':
      return update(ctx, inv, 'image updated', splitImages(inv))
    case 'env':
      return update(ctx, inv, 'env updated', envChange(ctx, inv))
    case 'resources':
      return update(ctx, inv, 'resource requirements updated', resourcesChange(inv))
    case 'serviceaccount':
      return setServiceAccount(ctx, inv)
    case 'selector':
      return setSelector(ctx, inv)
    case 'subject':
      return setSubject(ctx, inv)
    default:
      if (inv.args.length > 0) throw new Failure(`error: unknown command "${inv.args.join(' ')}"\nSee 'kubectl set -h' for help and examples`)
      ctx.err(`Change images, environment or resources of a workload.\n\nAvailable Commands:\n${commandAt('set')!.commands.map((c) => `  ${c}\n`).join('')}\nUsage:\n  kubectl set SUBCOMMAND [options]\n`)
      return 1
  }
}

/** What a sub-command changes: the resource words among its arguments, and the change. */
export interface Planned {
  readonly resources: readonly string[]
  readonly change: ContainerChange
  /** `env --list`: prints instead of changing. */
  readonly list?: (spec: PodSpec, object: KubeObject) => string
}

function splitImages(inv: Invocation): Planned {
  const pairs = inv.args.filter((a) => a.includes('='))
  const resources = inv.args.filter((a) => !a.includes('='))
  if (resources.length === 0 && !namesFiles(inv.flags)) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (pairs.length === 0) fail('at least one image update is required')
  const wanted = pairs.map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)] as const)
  return {
    resources,
    change: (spec, object) => {
      const out: JsonValue[] = []
      for (const [name, image] of wanted) {
        const found = allContainers(spec).filter((c) => name === '*' || c.name === name)
        if (found.length === 0) return `error: unable to find container named ${JSON.stringify(name)}`
        for (const c of found) if (c.image !== image) out.push({ name: c.name, image })
      }
      void object
      return out
    },
  }
}

const allContainers = (spec: PodSpec): readonly Container[] => [...(spec.initContainers ?? []), ...(spec.containers ?? [])]

function update(ctx: KubectlContext, inv: Invocation, done: string, planned: Planned): number {
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv, { args: planned.resources, bare: inv.flags.bool('all') ? 'all' : 'fail' })
  const report = new Report(ctx, inv, dryRun)
  for (const one of chosen) {
    const { target, object } = one
    checkTyped(target.kind)
    const found = podSpecOf(object)
    const spec = found && { ...found, containers: found.containers ?? [] }
    if (!podSpecPath(target.kind.kind) || !spec) {
      report.problem(`error: ${objectName(target.kind, target.name!)} does not have a pod template`)
      continue
    }
    if (planned.list) {
      ctx.out(planned.list(spec, object))
      continue
    }
    const changes = planned.change(spec, object)
    if (typeof changes === 'string') report.problem(changes)
    else if (changes.length > 0) send(ctx, one, changes, spec, done, dryRun, inv.flags.bool('local'), report)
    else if (report.prints) report.done(target, done, object)
  }
  for (const problem of problems) report.problem(problem)
  return report.end()
}

function send(ctx: KubectlContext, { target, object }: Chosen, changes: readonly JsonValue[], spec: PodSpec, done: string, dryRun: ReturnType<typeof dryRunOf>, isLocal: boolean, report: Report): void {
  const isInit = (c: JsonValue): boolean => (spec.initContainers ?? []).some((i) => i.name === (c as { name: string }).name)
  const [init, main] = [changes.filter(isInit), changes.filter((c) => !isInit(c))]
  const patch = podSpecPatch(target.kind.kind, { ...(init.length > 0 ? { initContainers: init } : {}), ...(main.length > 0 ? { containers: main } : {}) })
  const local = strategicMerge(object as unknown as JsonValue, patch as JsonValue, schemaOf(target.kind)) as unknown as KubeObject
  const answer = dryRun === 'client' || isLocal ? local : (ctx.call(patchTarget(target, patch!, 'strategic', { fieldManager: 'kubectl-set', ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
  if (isStatus(answer)) report.problem(`${answer.reason === 'Invalid' ? '' : 'error: failed to patch: '}${statusText(answer)}`)
  else report.done(target, done, answer)
}

export type { EnvVar }
