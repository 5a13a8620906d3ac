import { jsonOf } from '../../../flags/kubelet-json.ts'
import { KUBELET_FLAGS } from '../../../flags/kubelet.ts'
import type { Flag, Flags } from '../../../flags/index.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What a kubelet set up by kubeadm goes by, in the order of the type's fields (kubelet.config.k8s.io/v1beta1: defaults.go). */
const configuration = (cgroups: 'v1' | 'v2'): Readonly<Record<string, Json>> => ({
  enableServer: true, staticPodPath: '/etc/kubernetes/manifests', podLogsDir: '/var/log/pods', syncFrequency: '1m0s', fileCheckFrequency: '20s', httpCheckFrequency: '20s', address: '0.0.0.0', port: 10250,
  tlsCertFile: '/var/lib/kubelet/pki/kubelet.crt', tlsPrivateKeyFile: '/var/lib/kubelet/pki/kubelet.key', rotateCertificates: true,
  authentication: { x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' }, webhook: { enabled: true, cacheTTL: '2m0s' }, anonymous: { enabled: false } },
  authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' } },
  registryPullQPS: 5, registryBurst: 10, imagePullCredentialsVerificationPolicy: 'NeverVerifyPreloadedImages', eventRecordQPS: 50, eventBurst: 100, enableDebuggingHandlers: true, healthzPort: 10248, healthzBindAddress: '127.0.0.1', oomScoreAdj: -999,
  clusterDomain: 'cluster.local', clusterDNS: [], streamingConnectionIdleTimeout: '4h0m0s', nodeStatusUpdateFrequency: '10s', nodeStatusReportFrequency: '5m0s', nodeLeaseDurationSeconds: 40, imageMinimumGCAge: '2m0s', imageMaximumGCAge: '0s',
  imageGCHighThresholdPercent: 85, imageGCLowThresholdPercent: 80, volumeStatsAggPeriod: '1m0s', cgroupsPerQOS: true, cgroupDriver: cgroups === 'v2' ? 'systemd' : 'cgroupfs', cpuManagerPolicy: 'none', singleProcessOOMKill: cgroups === 'v1', cpuManagerReconcilePeriod: '10s', memoryManagerPolicy: 'None',
  topologyManagerPolicy: 'none', topologyManagerScope: 'container', runtimeRequestTimeout: '2m0s', hairpinMode: 'promiscuous-bridge', maxPods: 110, podPidsLimit: -1, resolvConf: '/etc/resolv.conf', cpuCFSQuota: true, cpuCFSQuotaPeriod: '100ms', nodeStatusMaxImages: 50, maxOpenFiles: 1_000_000,
  contentType: 'application/vnd.kubernetes.protobuf', kubeAPIQPS: 50, kubeAPIBurst: 100, serializeImagePulls: true, maxParallelImagePulls: null, evictionHard: {}, evictionSoft: {}, evictionSoftGracePeriod: {}, evictionPressureTransitionPeriod: '5m0s', evictionMaxPodGracePeriod: 0, evictionMinimumReclaim: {},
  mergeDefaultEvictionSettings: false, enableControllerAttachDetach: true, makeIPTablesUtilChains: true, iptablesMasqueradeBit: 14, iptablesDropBit: 15, failSwapOn: true, memorySwap: {}, containerLogMaxSize: '10Mi', containerLogMaxFiles: 5, containerLogMaxWorkers: 1, containerLogMonitorInterval: '10s',
  configMapAndSecretChangeDetectionStrategy: 'Watch', enforceNodeAllocatable: ['pods'], volumePluginDir: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/',
  logging: { format: 'text', flushFrequency: '5s', verbosity: 0, options: { text: { infoBufferSize: '0' }, json: { infoBufferSize: '0' } } }, enableSystemLogHandler: true, enableSystemLogQuery: false, shutdownGracePeriod: '0s', shutdownGracePeriodCriticalPods: '0s', shutdownGracePeriodByPodPriority: [],
  crashLoopBackOff: { maxContainerRestartPeriod: '5m0s' }, enableProfilingHandler: true, enableDebugFlagsHandler: true, seccompDefault: false, memoryThrottlingFactor: 0.9, memoryReservationPolicy: 'None', registerNode: true, localStorageCapacityIsolation: true,
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock', failCgroupV1: cgroups !== 'v1',
})

const LEFT_OUT_WHEN_EMPTY: ReadonlySet<string> = new Set(['evictionSoft', 'evictionSoftGracePeriod', 'evictionMinimumReclaim', 'kubeReserved', 'systemReserved', 'registerWithTaints', 'allowedUnsafeSysctls', 'shutdownGracePeriodByPodPriority', 'maxParallelImagePulls'])

/** Maps have their keys in order. */
function valueOf(flag: Flag, text: string): Json {
  const value = jsonOf(flag, text) as Json
  return value === null || typeof value !== 'object' || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const isEmpty = (value: Json | undefined): boolean => value === null || (typeof value === 'object' && Object.keys(value as object).length === 0)

/** GET /configz: the kubelet's configuration with what was set here (kubelet/config/v1beta1). */
export function configz(flags: Flags, cgroups: 'v1' | 'v2', clusterDNS: readonly string[]): Json {
  const all: Record<string, Json> = { ...configuration(cgroups) }
  for (const flag of KUBELET_FLAGS) {
    const [field, inner] = flag.name.split('.') as [string, string?]
    const value = valueOf(flag, flags.textOf(flag))
    all[field] = inner === undefined ? value : { ...(all[field] as Record<string, Json>), [inner]: value }
  }
  // Fields whose default is found out when the kubelet starts.
  all['clusterDNS'] = clusterDNS
  if (cgroups === 'v1') all['singleProcessOOMKill'] = true
  return { kubeletconfig: Object.fromEntries(Object.entries(all).filter(([name, value]) => !LEFT_OUT_WHEN_EMPTY.has(name) || !isEmpty(value))) }
}
