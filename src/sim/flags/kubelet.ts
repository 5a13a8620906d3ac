import { seconds, type Micros } from '../engine/time.ts'
import { flagsOf, positive, type Flag, type Rule } from './flag.ts'

const { duration, integer, number, boolean } = flagsOf('kubelet')

const notNegative =
  (words: string): Rule<number> =>
  (value, text) =>
    value >= 0 ? undefined : `invalid configuration: ${words} ${text} must not be a negative number`

/** Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), the same for all nodes. Validation: pkg/kubelet/apis/config/validation. */
export const NODE_LEASE_DURATION_SECONDS = integer('nodeLeaseDurationSeconds', '40', (value) => (value > 0 ? undefined : 'invalid configuration: nodeLeaseDurationSeconds must be greater than 0'))
export const SYNC_FREQUENCY = duration('syncFrequency', '1m0s', positive('syncFrequency'))
export const MAX_CONTAINER_RESTART_PERIOD = duration('crashLoopBackOff.maxContainerRestartPeriod', '5m0s', (value) =>
  value >= seconds(1) && value <= seconds(300) ? undefined : `invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: ${value / 1_000_000} seconds) must be set between 1s and 300s`,
)
export const SERIALIZE_IMAGE_PULLS = boolean('serializeImagePulls', 'true')
export const KUBELET_API_QPS = number('kubeAPIQPS', '50', (value, text) => (value > 0 ? undefined : value < 0 ? `invalid configuration: kubeAPIQPS (--kube-api-qps) ${text} must not be a negative number` : 'kubeAPIQPS without a limit is not modelled here'))
export const KUBELET_API_BURST = integer('kubeAPIBurst', '100', notNegative('kubeAPIBurst (--kube-api-burst)'))
export const EVENT_RECORD_QPS = number('eventRecordQPS', '50', (value, text) => (value > 0 ? undefined : value < 0 ? `invalid configuration: eventRecordQPS (--event-qps) ${text} must not be a negative number` : 'eventRecordQPS without a limit is not modelled here'))
export const EVENT_BURST = integer('eventBurst', '100', notNegative('eventBurst (--event-burst)'))

export const KUBELET_FLAGS: readonly Flag[] = [
  NODE_LEASE_DURATION_SECONDS, SYNC_FREQUENCY, MAX_CONTAINER_RESTART_PERIOD, SERIALIZE_IMAGE_PULLS, KUBELET_API_QPS, KUBELET_API_BURST, EVENT_RECORD_QPS, EVENT_BURST,
] as readonly Flag[]

/** How often a lease is renewed (component-helpers: lease, NewController with renewIntervalFraction 0.25). */
export const renewalOf = (leaseDurationSeconds: number): Micros => seconds(leaseDurationSeconds * 0.25)
