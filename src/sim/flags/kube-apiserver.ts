import { seconds } from '../engine/time.ts'
import { goQuote } from '../api/field.ts'
import { readIpv4Range, type Ipv4Range } from './ipv4-range.ts'
import { flagsOf, notNegative, positive, type Flag, type Parse, type Rule } from './flag.ts'

const { boolean, duration, integer, list, custom } = flagsOf('kube-apiserver')

/** The admission plugins of kube-apiserver, in its order (pkg/kubeapiserver/options/plugins.go), and PodPreset, which v1.20 removed and this playground still has. */
export const ADMISSION_PLUGINS: readonly string[] = [
  'AlwaysAdmit', 'NamespaceAutoProvision', 'NamespaceLifecycle', 'NamespaceExists', 'LimitPodHardAntiAffinityTopology', 'PodPreset', 'LimitRanger', 'ServiceAccount', 'NodeRestriction', 'TaintNodesByCondition',
  'AlwaysPullImages', 'ImagePolicyWebhook', 'PodSecurity', 'PodNodeSelector', 'Priority', 'DefaultTolerationSeconds', 'PodTolerationRestriction', 'EventRateLimit', 'ExtendedResourceToleration',
  'DefaultStorageClass', 'StorageObjectInUseProtection', 'OwnerReferencesPermissionEnforcement', 'PersistentVolumeClaimResize', 'RuntimeClass', 'CertificateApproval', 'CertificateSigning',
  'ClusterTrustBundleAttest', 'CertificateSubjectRestriction', 'DefaultIngressClass', 'PodTopologyLabels', 'DenyServiceExternalIPs', 'NodeDeclaredFeatureValidator', 'PodResizeValidator', 'MutatingAdmissionPolicy', 'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy', 'ValidatingAdmissionWebhook', 'ResourceQuota', 'AlwaysDeny',
]

/** Those that are off by default and that the simulation has not got: enabling them is refused. */
const ABSENT: ReadonlySet<string> = new Set([
  'AlwaysAdmit', 'AlwaysDeny', 'NamespaceAutoProvision', 'NamespaceExists', 'LimitPodHardAntiAffinityTopology', 'ImagePolicyWebhook', 'PodNodeSelector', 'PodTolerationRestriction', 'EventRateLimit',
  'ExtendedResourceToleration', 'OwnerReferencesPermissionEnforcement', 'NodeDeclaredFeatureValidator',
])

const plugins =
  (flag: string, enabling: boolean): Rule<readonly string[]> =>
  (names) => {
    for (const name of names) {
      if (!ADMISSION_PLUGINS.includes(name)) return `${flag} plugin ${goQuote(name)} is unknown`
      if (enabling && ABSENT.has(name)) return `${flag}: the plugin ${name} is not modelled here`
    }
    return undefined
  }

/** First and last port of a range. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** "30000-32767" or "30000+2767" (apimachinery: util/net, port_range.go). */
const readRange: Parse<PortRange> = (text) => {
  const single = /^\d+$/.exec(text)
  const range = /^(\d+)([-+])(\d+)$/.exec(text)
  if (!single && !range) return { problem: `unable to parse port range: ${text}` }
  const first = Number(single ? text : range![1])
  const last = single ? first : range![2] === '+' ? first + Number(range![3]) : Number(range![3])
  if (first > 65_535 || last > 65_535) return { problem: `the port range cannot be greater than 65535: ${text}` }
  return last < first ? { problem: `end port cannot be less than start port: ${text}` } : { first, last }
}

export const EVENT_TTL = duration('event-ttl', '1h0m0s', positive('event-ttl'))
const toleration: Rule<number> = (value, text) => (value >= 0 ? undefined : `a negative toleration (${text}) is not modelled here: pods would be evicted at once`)
export const DEFAULT_NOT_READY_TOLERATION = integer('default-not-ready-toleration-seconds', '300', toleration)
export const DEFAULT_UNREACHABLE_TOLERATION = integer('default-unreachable-toleration-seconds', '300', toleration)
export const ENABLE_ADMISSION_PLUGINS = list('enable-admission-plugins', '', plugins('enable-admission-plugins', true))
export const DISABLE_ADMISSION_PLUGINS = list('disable-admission-plugins', '', plugins('disable-admission-plugins', false))
export const SERVICE_NODE_PORT_RANGE = custom<PortRange>('service-node-port-range', 'text', '30000-32767', readRange)


/** Where Services get their addresses from; what is in the first ServiceCIDR decides once a cluster is made. At least sixteen, since DNS has the tenth. */
export const SERVICE_CLUSTER_IP_RANGE = custom<Ipv4Range>('service-cluster-ip-range', 'text', '10.96.0.0/12', readIpv4Range, ({ bits }) =>
  bits < 12 ? 'specified --service-cluster-ip-range is too large; for 32-bit addresses, the mask must be >= 12' : bits > 28 ? 'a range of less than sixteen addresses is not modelled here' : undefined,
)
/** 0: what was before is kept as long as there is room. */
export const ETCD_COMPACTION_INTERVAL = duration('etcd-compaction-interval', '5m0s', notNegative('etcd-compaction-interval'))
export const ANONYMOUS_AUTH = boolean('anonymous-auth', 'true')
const HOUR = seconds(3600)
export const SERVICE_ACCOUNT_MAX_TOKEN_EXPIRATION = duration('service-account-max-token-expiration', '0s', (value) =>
  value === 0 || (value >= HOUR && value <= seconds(2 ** 32)) ? undefined : 'the service-account-max-token-expiration must be between 1 hour and 2^32 seconds',
)
export const SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION = boolean('service-account-extend-token-expiration', 'true')

export const API_SERVER_FLAGS: readonly Flag[] = [
  EVENT_TTL, DEFAULT_NOT_READY_TOLERATION, DEFAULT_UNREACHABLE_TOLERATION, ENABLE_ADMISSION_PLUGINS, DISABLE_ADMISSION_PLUGINS, SERVICE_CLUSTER_IP_RANGE, SERVICE_NODE_PORT_RANGE,
  ETCD_COMPACTION_INTERVAL, ANONYMOUS_AUTH, SERVICE_ACCOUNT_MAX_TOKEN_EXPIRATION, SERVICE_ACCOUNT_EXTEND_TOKEN_EXPIRATION,
] as readonly Flag[]
