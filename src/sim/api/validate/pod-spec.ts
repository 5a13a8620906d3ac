import { FamiliarSet } from '../familiar.ts'
import { at, child, duplicate, forbiddenField, invalidValue, notFoundValue, required, tooLong, type Path } from '../field.ts'
import { byteCount } from '../bytes.ts'
import type { Container } from '../container.ts'
import { isDns1123Label, isDns1123Subdomain, isDns1123SubdomainWithUnderscore, isQualifiedName, mustBeBetween } from '../names.ts'
import type { PodDNSConfig, PodResourceClaim, PodSpec } from '../pod-spec.ts'
import { validateLabels } from '../validate-meta.ts'
import { affinity, tolerations, topologySpread } from './affinity.ts'
import { containers, initContainers } from './container.ts'
import { ephemeralContainers } from './ephemeral.ts'
import { legacyIp } from './ip.ts'
import { eachContainer, operatingSystem, someContainer } from './operating-system.ts'
import { podResources, resourceRequirements } from './resources.ts'
import { hostUsers, podSecurityContext } from './security.ts'
import { named, oneOf, type Errors } from './simple.ts'
import { volumes } from './volumes.ts'

const NO_CLAIMS: ReadonlySet<string> = new Set()

const goClaim = (c: PodResourceClaim): unknown => ({
  Name: c.name, ResourceClaimName: c.resourceClaimName ?? null, ResourceClaimTemplateName: c.resourceClaimTemplateName ?? null,
})

function resourceClaims(list: readonly PodResourceClaim[] | undefined, path: Path, out: Errors): ReadonlySet<string> {
  if (!list) return NO_CLAIMS
  const names = new Set<string>()
  list.forEach((c, i) => {
    const here = at(path, i)
    if (!c.name) out.push(required(child(here, 'name')))
    else if (names.has(c.name)) out.push(duplicate(child(here, 'name'), c.name))
    else named(isDns1123Label, c.name, child(here, 'name'), out)
    if (c.name) names.add(c.name)
    const [direct, template] = [c.resourceClaimName, c.resourceClaimTemplateName]
    if (direct !== undefined && template !== undefined) out.push(invalidValue(here, goClaim(c), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
    if (direct === undefined && template === undefined) out.push(invalidValue(here, goClaim(c), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
    if (direct !== undefined) named(isDns1123Subdomain, direct, child(here, 'resourceClaimName'), out)
    if (template !== undefined) named(isDns1123Subdomain, template, child(here, 'resourceClaimTemplateName'), out)
  })
  return names
}

function hostNetworkPorts(spec: PodSpec, isPod: boolean, path: Path, out: Errors): void {
  if (!spec.hostNetwork) return
  spec.containers.forEach((c, i) =>
    c.ports?.forEach((p, j) => {
      const host = p.hostPort ?? 0
      if ((isPod || host !== 0) && host !== p.containerPort) {
        out.push(invalidValue(child(at(child(at(child(path, 'containers'), i), 'ports'), j), 'hostPort'), host, 'must match `containerPort` when `hostNetwork` is true'))
      }
    }),
  )
}

function dnsConfig(d: PodDNSConfig | undefined, policy: string | undefined, path: Path, out: Errors): void {
  if (policy === 'None') {
    if (!d) return void out.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'))
    if (!d.nameservers?.length) return void out.push(required(child(path, 'nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None'))
  }
  if (!d) return
  const servers = d.nameservers ?? []
  const searches = d.searches ?? []
  if (servers.length > 3) out.push(invalidValue(child(path, 'nameservers'), servers, 'must not have more than 3 nameservers'))
  servers.forEach((s, i) => out.push(...legacyIp(s, at(child(path, 'nameservers'), i))))
  const searchPath = child(path, 'searches')
  if (searches.length > 32) out.push(invalidValue(searchPath, searches, 'must not have more than 32 search paths'))
  if (byteCount(searches.join(' ')) > 2048) out.push(invalidValue(searchPath, searches, 'must not have more than 2048 characters (including spaces) in the search list'))
  searches.forEach((s, i) => {
    if (s !== '.') named(isDns1123SubdomainWithUnderscore, s.replace(/\.$/, ''), at(searchPath, i), out)
  })
  d.options?.forEach((o, i) => {
    if (!o.name) out.push(required(at(child(path, 'options'), i), 'must not be empty'))
  })
}

function gates(spec: PodSpec, path: Path, out: Errors): void {
  spec.readinessGates?.forEach((g, i) => named(isQualifiedName, g.conditionType, child(at(child(path, 'readinessGates'), i), 'conditionType'), out))
  const seen = new Set<string>()
  spec.schedulingGates?.forEach((g, i) => {
    const here = at(child(path, 'schedulingGates'), i)
    named(isQualifiedName, g.name, here, out)
    if (seen.has(g.name)) out.push(duplicate(here, g.name))
    seen.add(g.name)
  })
}

function hostnames(spec: PodSpec, path: Path, out: Errors): void {
  const override = spec.hostnameOverride
  if (override === undefined) return
  const here = child(path, 'hostnameOverride')
  if (spec.setHostnameAsFQDN) out.push(forbiddenField(here, 'may not be specified when setHostnameAsFQDN is true'))
  if (spec.hostNetwork) out.push(forbiddenField(here, 'may not be specified when hostNetwork is true'))
  if (byteCount(override) > 64) out.push(tooLong(here, 64))
  named(isDns1123Subdomain, override, here, out)
}

function names(spec: PodSpec, path: Path, out: Errors): void {
  if (spec.serviceAccountName) named(isDns1123Subdomain, spec.serviceAccountName, child(path, 'serviceAccountName'), out)
  if (spec.nodeName) named(isDns1123Subdomain, spec.nodeName, child(path, 'nodeName'), out)
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > 2_147_483_647)) {
    out.push(invalidValue(child(path, 'activeDeadlineSeconds'), deadline, mustBeBetween(1, 2_147_483_647)))
  }
  if (spec.hostname) named(isDns1123Label, spec.hostname, child(path, 'hostname'), out)
  if (spec.subdomain) named(isDns1123Label, spec.subdomain, child(path, 'subdomain'), out)
}

function classes(spec: PodSpec, path: Path, out: Errors): void {
  spec.hostAliases?.forEach((h, i) => {
    const here = at(child(path, 'hostAliases'), i)
    out.push(...legacyIp(h.ip, child(here, 'ip')))
    h.hostnames?.forEach((n, j) => named(isDns1123Subdomain, n, at(child(here, 'hostnames'), j), out))
  })
  if (spec.priorityClassName) named(isDns1123Subdomain, spec.priorityClassName, child(path, 'priorityClassName'), out)
  if (spec.runtimeClassName !== undefined) named(isDns1123Subdomain, spec.runtimeClassName, child(path, 'runtimeClassName'), out)
  if (spec.preemptionPolicy !== undefined) oneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], child(path, 'preemptionPolicy'), out)
  if (spec.overhead) resourceRequirements({ limits: spec.overhead }, NO_CLAIMS, child(path, 'overhead'), out)
}

const usesFileKeys = ({ env }: Container): boolean => env?.some((e) => e.valueFrom?.fileKeyRef) === true

function fileKeyVolumes(spec: PodSpec, path: Path, out: Errors): void {
  if (!someContainer(spec, usesFileKeys)) return
  eachContainer(spec, path, (c, here) =>
    c.env?.forEach((e, i) => {
      const ref = e.valueFrom?.fileKeyRef
      if (!ref) return
      const name = child(at(child(here, 'env'), i), 'valueFrom.fileKeyRef.volumeName')
      const volume = spec.volumes?.find((v) => v.name === ref.volumeName)
      if (!volume) out.push(notFoundValue(name, ref.volumeName))
      else if (!volume.emptyDir) out.push(invalidValue(name, ref.volumeName, 'referenced volume must be of type emptyDir'))
    }),
  )
}

const sound = new FamiliarSet()

/**
 * core/validation: ValidatePodSpec. `podName` is '' in a template; `isPod` tells a pod from a template. Specs of
 * templates that passed are remembered by identity.
 */
export function validatePodSpec(spec: PodSpec, podName: string, path: Path, out: Errors, isPod = podName !== ''): void {
  if (isPod) return check(spec, podName, isPod, path, out)
  if (sound.has(spec)) return
  const before = out.length
  check(spec, podName, isPod, path, out)
  if (out.length === before) sound.add(spec)
}

function check(spec: PodSpec, podName: string, isPod: boolean, path: Path, out: Errors): void {
  if (spec.terminationGracePeriodSeconds === undefined) out.push(required(child(path, 'terminationGracePeriodSeconds')))
  const found = volumes(spec.volumes, podName, isPod, child(path, 'volumes'), out)
  const claims = resourceClaims(spec.resourceClaims, child(path, 'resourceClaims'), out)
  const ctx = { spec, volumes: found, claims }
  containers(ctx, child(path, 'containers'), out)
  initContainers(ctx, child(path, 'initContainers'), out)
  ephemeralContainers(ctx, child(path, 'ephemeralContainers'), out)
  podResources(spec, claims, path, out)
  hostNetworkPorts(spec, isPod, path, out)
  oneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], child(path, 'restartPolicy'), out)
  oneOf(spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], child(path, 'dnsPolicy'), out)
  if (spec.nodeSelector) validateLabels(spec.nodeSelector, child(path, 'nodeSelector'), out)
  podSecurityContext(spec.securityContext, spec, child(path, 'securityContext'), out)
  affinity(spec.affinity, child(path, 'affinity'), out)
  dnsConfig(spec.dnsConfig, spec.dnsPolicy, child(path, 'dnsConfig'), out)
  gates(spec, path, out)
  topologySpread(spec.topologySpreadConstraints, child(path, 'topologySpreadConstraints'), out)
  windowsHostProcess(spec, path, out)
  hostUsers(spec, path, out)
  hostnames(spec, path, out)
  names(spec, path, out)
  tolerations(spec.tolerations, child(path, 'tolerations'), out)
  classes(spec, path, out)
  operatingSystem(spec, path, out)
  fileKeyVolumes(spec, path, out)
}

const saysHostProcess = ({ securityContext }: Container): boolean => securityContext?.windowsOptions?.hostProcess !== undefined

/** HostProcess containers need a pod that is on the host network, all or none (validateWindowsHostProcessPod). */
function windowsHostProcess(spec: PodSpec, path: Path, out: Errors): void {
  const podWants = spec.securityContext?.windowsOptions?.hostProcess
  if (podWants === undefined && !someContainer(spec, saysHostProcess)) return
  let count = 0
  let total = 0
  eachContainer(spec, path, (c, here) => {
    total++
    const own = c.securityContext?.windowsOptions?.hostProcess
    if (podWants !== undefined && own !== undefined && podWants !== own) {
      out.push(invalidValue(child(here, 'securityContext.windowsOptions.hostProcess'), own, `pod hostProcess value must be identical if both are specified, was ${podWants}`))
    }
    if (own ?? podWants ?? false) count++
  })
  if (count === 0) return
  if (count !== total) out.push(invalidValue(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'))
  if (!spec.hostNetwork) out.push(invalidValue(child(path, 'hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'))
}

