import { FamiliarSet } from '../familiar.ts'
import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, tooMany, type Path } from '../field.ts'
import type { Container, ContainerPort, ResourceRequirements } from '../container.ts'
import { isDns1123Label, isPortName, isPortNumber } from '../names.ts'
import type { PodSpec } from '../pod-spec.ts'
import { env, envFrom } from './env.ts'
import { volumeDevices, volumeMounts, type VolumeMap } from './mounts.ts'
import { lifecycle, probe, type ProbeKind } from './probe.ts'
import { resourceRequirements } from './resources.ts'
import { securityContext } from './security.ts'
import { named, once, oneOf, Seen, type Errors } from './simple.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PROBES: readonly ProbeKind[] = ['livenessProbe', 'readinessProbe', 'startupProbe']

/** What the checks of a container need to know of its pod. */
export interface PodContext {
  readonly spec: PodSpec
  readonly volumes: VolumeMap
  readonly claims: ReadonlySet<string>
}

function ports(list: readonly ContainerPort[], path: Path, out: Errors): void {
  const names = new Seen()
  list.forEach((p, i) => {
    const here = at(path, i)
    // Kubernetes reuses the loop's index while it lists complaints about the name, so later paths of this port shift.
    if (p.name) {
      const bad = isPortName(p.name)
      for (const m of bad) out.push(invalidValue(child(here, 'name'), p.name, m))
      if (bad.length === 0) {
        if (names.has(p.name)) out.push(duplicate(child(here, 'name'), p.name))
        names.add(p.name)
      }
    }
    if (!p.containerPort) out.push(required(child(here, 'containerPort')))
    else for (const m of isPortNumber(p.containerPort)) out.push(invalidValue(child(here, 'containerPort'), p.containerPort, m))
    if (p.hostPort) for (const m of isPortNumber(p.hostPort)) out.push(invalidValue(child(here, 'hostPort'), p.hostPort, m))
    oneOf(p.protocol, PROTOCOLS, child(here, 'protocol'), out)
  })
}

function resizePolicy(c: Container, podRestart: string | undefined, path: Path, out: Errors): void {
  if (!c.resizePolicy) return
  const seen = new Seen()
  c.resizePolicy.forEach((p, i) => {
    if (seen.has(p.resourceName)) out.push(duplicate(at(path, i), p.resourceName))
    seen.add(p.resourceName)
    oneOf(p.resourceName, ['cpu', 'memory'], path, out)
    oneOf(p.restartPolicy, ['NotRequired', 'RestartContainer'], path, out)
    if (podRestart === 'Never' && p.restartPolicy !== 'NotRequired') {
      out.push(invalidValue(path, p.restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    }
  })
}

const soundParts = new FamiliarSet(64)
const NO_CLAIMS: ReadonlySet<string> = new Set()
const withoutClaims = (r: ResourceRequirements, path: Path, out: Errors): void => resourceRequirements(r, NO_CLAIMS, path, out)

/** core/validation: validateContainerCommon. */
export function common(c: Container, ctx: PodContext, path: Path, out: Errors): void {
  if (!c.name) out.push(required(child(path, 'name')))
  else named(isDns1123Label, c.name, child(path, 'name'), out)
  if (!c.image) out.push(required(child(path, 'image')))
  oneOf(c.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], child(path, 'terminationMessagePolicy'), out)
  once(soundParts, c.ports, child(path, 'ports'), out, ports)
  once(soundParts, c.env, child(path, 'env'), out, env)
  once(soundParts, c.envFrom, child(path, 'envFrom'), out, envFrom)
  volumeMounts(c, ctx.volumes, child(path, 'volumeMounts'), out)
  volumeDevices(c.volumeDevices, c.volumeMounts ?? [], ctx.volumes, child(path, 'volumeDevices'), out)
  oneOf(c.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], child(path, 'imagePullPolicy'), out)
  if (c.resources?.claims) resourceRequirements(c.resources, ctx.claims, child(path, 'resources'), out)
  else once(soundParts, c.resources, child(path, 'resources'), out, withoutClaims)
  resizePolicy(c, ctx.spec.restartPolicy, child(path, 'resizePolicy'), out)
  if (c.securityContext) securityContext(c.securityContext, ctx.spec.hostUsers !== false, child(path, 'securityContext'), out)
}

function restartRules(c: Container, path: Path, out: Errors): void {
  const policy = child(path, 'restartPolicy')
  const rules = c.restartPolicyRules ?? []
  if (c.restartPolicy === undefined) {
    if (rules.length) out.push(required(policy, 'must specify restartPolicy when restart rules are used'))
    else return
  } else if (!['Always', 'Never', 'OnFailure'].includes(c.restartPolicy)) out.push(notSupported(policy, c.restartPolicy, ['Always', 'Never', 'OnFailure']))
  const rulesPath = child(path, 'restartPolicyRules')
  if (rules.length > 20) out.push(tooMany(rulesPath, rules.length, 20))
  rules.forEach((r, i) => {
    const here = at(rulesPath, i)
    if (r.action !== 'Restart' && r.action !== 'RestartAllContainers') out.push(notSupported(child(here, 'action'), r.action ?? '', ['Restart', 'RestartAllContainers']))
    const codes = child(here, 'exitCodes')
    if (!r.exitCodes) return void out.push(required(codes, 'must be specified'))
    if (r.exitCodes.operator !== 'In' && r.exitCodes.operator !== 'NotIn') out.push(notSupported(child(codes, 'operator'), r.exitCodes.operator ?? '', ['In', 'NotIn']))
    const values = r.exitCodes.values ?? []
    if (values.length > 255) out.push(tooMany(child(codes, 'values'), values.length, 255))
  })
}

function hostPortConflicts(containers: readonly Container[], path: Path, out: Errors): void {
  let taken: Set<string> | undefined
  containers.forEach((c, i) =>
    c.ports?.forEach((p, j) => {
      if (!p.hostPort) return
      const id = `${p.protocol ?? ''}/${p.hostIP ?? ''}/${p.hostPort}`
      taken ??= new Set()
      if (taken.has(id)) out.push(duplicate(child(at(child(at(path, i), 'ports'), j), 'hostPort'), id))
      taken.add(id)
    }),
  )
}

/** A probe that is fine as one kind may not be as another. */
const soundProbes: Readonly<Record<ProbeKind, FamiliarSet>> = { livenessProbe: new FamiliarSet(), readinessProbe: new FamiliarSet(), startupProbe: new FamiliarSet() }

function life(c: Container, ctx: PodContext, path: Path, out: Errors): void {
  // A negative grace period counts as one second.
  const given = ctx.spec.terminationGracePeriodSeconds
  const grace = given !== undefined && given < 0 ? 1 : given
  lifecycle(c.lifecycle, grace, ctx.spec.os?.name, child(path, 'lifecycle'), out)
  for (const kind of PROBES) if (c[kind]) once(soundProbes[kind], c[kind], child(path, kind), out, (part, here) => probe(part, kind, grace, here, out))
}

/** core/validation: validateContainers. */
export function containers(ctx: PodContext, path: Path, out: Errors): void {
  const list = ctx.spec.containers ?? []
  if (list.length === 0) return void out.push(required(path))
  const names = new Seen()
  list.forEach((c, i) => {
    const here = at(path, i)
    common(c, ctx, here, out)
    if (names.has(c.name)) out.push(duplicate(child(here, 'name'), c.name))
    names.add(c.name)
    life(c, ctx, here, out)
    restartRules(c, here, out)
  })
  hostPortConflicts(list, path, out)
}

const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always'

/** core/validation: validateInitContainers. */
export function initContainers(ctx: PodContext, path: Path, out: Errors): void {
  const list = ctx.spec.initContainers
  if (!list) return
  const names = new Set((ctx.spec.containers ?? []).map((c) => c.name))
  list.forEach((c, i) => {
    const here = at(path, i)
    common(c, ctx, here, out)
    const always = c.restartPolicy === 'Always'
    restartRules(c, here, out)
    if (names.has(c.name)) out.push(duplicate(child(here, 'name'), c.name))
    else if (c.name) names.add(c.name)
    hostPortConflicts([c], path, out)
    if (always) life(c, ctx, here, out)
    else {
      for (const key of ['lifecycle', ...PROBES] as const) if (c[key]) out.push(forbiddenField(child(here, key), NOT_FOR_INIT))
      c.resizePolicy?.forEach((p, j) => {
        if (p.restartPolicy === 'RestartContainer') {
          out.push(invalidValue(child(at(child(here, 'resizePolicy'), j), 'restartPolicy'), p.restartPolicy, "must not be set to 'RestartContainer' for non-sidecar initContainers"))
        }
      })
    }
  })
}

/** What only pods, not templates, are asked: no blanks around an image (validateContainersOnlyForPod). */
export function containersOfPod(list: readonly Container[] | undefined, path: Path, out: Errors): void {
  list?.forEach((c, i) => trimmed(c, at(path, i), out))
}

export function trimmed(c: Container, path: Path, out: Errors): void {
  if (c.image && c.image.trim() !== c.image) out.push(invalidValue(child(path, 'image'), c.image, 'must not have leading or trailing whitespace'))
}
