import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import type { Execution, Outcome } from '../execution.ts'
import { ENABLE_ADMISSION_PLUGINS, DISABLE_ADMISSION_PLUGINS } from '../../flags/kube-apiserver.ts'
import type { Flags } from '../../flags/index.ts'
import { alwaysPullImages } from './always-pull-images.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction, clusterTrustBundleAttest } from './certificates.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultStorageClass } from './default-storage-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { denyServiceExternalIps } from './deny-service-external-ips.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { mutatingAdmissionPolicy } from './policies/mutating.ts'
import { validatingAdmissionPolicy } from './policies/validating.ts'
import { mutatingAdmissionWebhook, validatingAdmissionWebhook } from './webhooks/index.ts'
import { podSecurity } from './pod-security/index.ts'
import { podPreset } from './pod-preset.ts'
import { podResize } from './pod-resize.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { priority } from './priority.ts'
import { quotaCharges, type Charge } from './quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNodesByCondition } from './taint-nodes.ts'

/**
 * In kube-apiserver's order (pkg/kubeapiserver/options/plugins.go). A new plugin is one file and one line here. The last
 * of all, ResourceQuota, has the second half of its work when the object is stored: see quota.ts.
 */
export const ADMISSION: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  podPreset,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  alwaysPullImages,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  clusterTrustBundleAttest,
  certificateSubjectRestriction,
  defaultIngressClass,
  podTopologyLabels,
  denyServiceExternalIps,
  podResize,
  mutatingAdmissionPolicy,
  mutatingAdmissionWebhook,
  validatingAdmissionPolicy,
  validatingAdmissionWebhook,
]

const NO_CHARGES: readonly Charge[] = []

/** What became of an object in the chain. */
export interface Admitted {
  readonly object: KubeObject
  /** Only plugins that keep a valid object valid have changed it. */
  readonly keptValid: boolean
}

/** The plugins that look at a kind, by phase. */
interface Chain {
  readonly mutating: readonly AdmissionPlugin[]
  readonly validating: readonly AdmissionPlugin[]
  readonly deletion: readonly AdmissionPlugin[]
}

/** The plugins that the server's flags leave, sorted by who cares for what; kept until the flags change. */
export class AdmissionChains {
  #plugins: readonly AdmissionPlugin[] = []
  #chains = new WeakMap<KindDefinition, Map<string, Chain>>()
  /** Is ResourceQuota, the last of all, on? */
  quota = true

  constructor(flags: Flags) {
    const choose = (): void => this.#choose(flags.get(ENABLE_ADMISSION_PLUGINS), flags.get(DISABLE_ADMISSION_PLUGINS))
    flags.follow(ENABLE_ADMISSION_PLUGINS, choose)
    flags.follow(DISABLE_ADMISSION_PLUGINS, choose)
  }

  #choose(enabled: readonly string[], disabled: readonly string[]): void {
    const isOn = ({ name, optional }: AdmissionPlugin): boolean => (!optional || enabled.includes(name)) && !disabled.includes(name)
    this.#plugins = ADMISSION.filter(isOn)
    this.quota = !disabled.includes('ResourceQuota')
    this.#chains = new WeakMap()
  }

  of({ kind, subresource }: Pick<Execution, 'kind' | 'subresource'>): Chain {
    let bySub = this.#chains.get(kind)
    if (!bySub) this.#chains.set(kind, (bySub = new Map()))
    let chain = bySub.get(subresource)
    if (!chain) {
      const cares = this.#plugins.filter(
        ({ resources, subresources = [''] }) => (!resources || resources.includes(kind.plural)) && (subresources.includes(subresource) || subresources.includes('*')),
      )
      chain = { mutating: cares.filter((p) => p.admit), validating: cares.filter((p) => p.validate), deletion: cares.filter((p) => p.refuseDeletion) }
      bySub.set(subresource, chain)
    }
    return chain
  }
}

/** Runs the mutating phase, a second time after the patch of a policy or webhook (admission: reinvocation.go); the first refusal ends it. */
export function admit(exec: Execution, object: KubeObject, old?: KubeObject): Outcome<Admitted> {
  const first = pass(exec, object, old)
  if (exec.trail.runAgain === undefined || isStatus(first)) return first
  exec.trail.second = true
  const second = pass(exec, first.object, old)
  return isStatus(second) ? second : { object: second.object, keptValid: false }
}

function pass(exec: Execution, object: KubeObject, old: KubeObject | undefined): Outcome<Admitted> {
  let current: KubeObject = object
  let keptValid = true
  for (const plugin of exec.means.admission.of(exec).mutating) {
    const next = plugin.admit!(exec, current, old)
    if (next === current) continue
    if (isStatus(next)) {
      exec.trace?.push({ plugin: plugin.name, phase: 'mutating', refusal: next })
      return next
    }
    if (!plugin.keepsValid) keptValid = false
    exec.trace?.push({ plugin: plugin.name, phase: 'mutating', before: current, after: next })
    current = next
  }
  return { object: current, keptValid }
}

/** Runs the validating phase; gives back what the object is to be charged to when it is stored. */
export function validateAdmission(exec: Execution, object: KubeObject, old?: KubeObject): Outcome<readonly Charge[]> {
  for (const plugin of exec.means.admission.of(exec).validating) {
    const refusal = plugin.validate!(exec, object, old)
    if (!refusal) continue
    exec.trace?.push({ plugin: plugin.name, phase: 'validating', refusal })
    return refusal
  }
  if (!exec.means.admission.quota) return NO_CHARGES
  const charges = quotaCharges(exec, object, old)
  if (isStatus(charges)) exec.trace?.push({ plugin: 'ResourceQuota', phase: 'validating', refusal: charges })
  return charges
}

/** The refusal of a deletion by a plugin. */
export function refuseDeletion(exec: Execution, old: KubeObject): Status | undefined {
  for (const plugin of exec.means.admission.of(exec).deletion) {
    const refusal = plugin.refuseDeletion!(exec, old)
    if (!refusal) continue
    exec.trace?.push({ plugin: plugin.name, phase: 'validating', refusal })
    return refusal
  }
  return undefined
}
