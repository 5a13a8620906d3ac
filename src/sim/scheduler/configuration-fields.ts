/** The Go type of a value in the scheduler's file, as far as decoding, completion and messages need it. */
export type Shape =
  | { readonly type: 'string'; readonly of?: readonly string[] }
  | { readonly type: 'int32' | 'int64' | 'float32' | 'bool' | 'duration' | 'labels' }
  | { readonly type: 'list'; readonly items: Shape }
  | StructShape
  /** Arguments of a plugin: which ones, its name says. */
  | { readonly type: 'args' }

export interface StructShape {
  readonly type: 'struct'
  /** Its name in Go, e.g. "v1.PluginSet". */
  readonly go: string
  readonly fields: Readonly<Record<string, Shape>>
}

const STRING: Shape = { type: 'string' }
const INT32: Shape = { type: 'int32' }
const INT64: Shape = { type: 'int64' }
const BOOL: Shape = { type: 'bool' }
const DURATION: Shape = { type: 'duration' }
const list = (items: Shape): Shape => ({ type: 'list', items })
const struct = (go: string, fields: Readonly<Record<string, Shape>>): StructShape => ({ type: 'struct', go, fields })
const oneOf = (...of: readonly string[]): Shape => ({ type: 'string', of })

/** The extension points in the order in which kube-scheduler fills them (runtime/framework.go: getExtensionPoints). */
export const POINTS = ['preFilter', 'filter', 'postFilter', 'reserve', 'preScore', 'score', 'preBind', 'bind', 'postBind', 'permit', 'preEnqueue', 'queueSort'] as const
export type Point = (typeof POINTS)[number]

const PLUGIN = struct('v1.Plugin', { name: STRING, weight: INT32 })
const PLUGIN_SET = struct('v1.PluginSet', { enabled: list(PLUGIN), disabled: list(PLUGIN) })
const PLUGINS = struct('v1.Plugins', {
  ...Object.fromEntries([...POINTS, 'multiPoint', 'placementGenerate', 'placementScore'].map((point) => [point, PLUGIN_SET])),
})

const EXTENDER = struct('v1.Extender', {
  urlPrefix: STRING, filterVerb: STRING, preemptVerb: STRING, prioritizeVerb: STRING, weight: INT64, bindVerb: STRING, enableHTTPS: BOOL,
  tlsConfig: struct('v1.ExtenderTLSConfig', { insecure: BOOL, serverName: STRING, certFile: STRING, keyFile: STRING, caFile: STRING, certData: STRING, keyData: STRING, caData: STRING }),
  httpTimeout: DURATION, nodeCacheCapable: BOOL, managedResources: list(struct('v1.ExtenderManagedResource', { name: STRING, ignoredByScheduler: BOOL })), ignorable: BOOL,
})

/** KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1 (staging kube-scheduler/config/v1, types.go). */
export const CONFIGURATION = struct('v1.KubeSchedulerConfiguration', {
  apiVersion: STRING,
  kind: STRING,
  parallelism: INT32,
  leaderElection: struct('v1alpha1.LeaderElectionConfiguration', {
    leaderElect: BOOL, leaseDuration: DURATION, renewDeadline: DURATION, retryPeriod: DURATION, resourceLock: STRING, resourceName: STRING, resourceNamespace: STRING,
  }),
  clientConnection: struct('v1alpha1.ClientConnectionConfiguration', { kubeconfig: STRING, acceptContentTypes: STRING, contentType: STRING, qps: { type: 'float32' }, burst: INT32 }),
  enableProfiling: BOOL,
  enableContentionProfiling: BOOL,
  percentageOfNodesToScore: INT32,
  podInitialBackoffSeconds: INT64,
  podMaxBackoffSeconds: INT64,
  profiles: list(struct('v1.KubeSchedulerProfile', {
    schedulerName: STRING, percentageOfNodesToScore: INT32, plugins: PLUGINS, pluginConfig: list(struct('v1.PluginConfig', { name: STRING, args: { type: 'args' } })),
  })),
  extenders: list(EXTENDER),
  delayCacheUntilActive: BOOL,
})

const RESOURCES = list(struct('v1.ResourceSpec', { name: STRING, weight: INT64 }))
const SHAPE = list(struct('v1.UtilizationShapePoint', { utilization: INT32, score: INT32 }))
const REQUIREMENTS = list(struct('v1.NodeSelectorRequirement', { key: STRING, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'), values: list(STRING) }))
const TERM = struct('v1.NodeSelectorTerm', { matchExpressions: REQUIREMENTS, matchFields: REQUIREMENTS })
const SELECTOR = struct('v1.LabelSelector', {
  matchLabels: { type: 'labels' }, matchExpressions: list(struct('v1.LabelSelectorRequirement', { key: STRING, operator: STRING, values: list(STRING) })),
})

/** Arguments by the name of the plugin (types_pluginargs.go). */
export const ARGS: Readonly<Record<string, StructShape>> = Object.fromEntries(
  Object.entries<Readonly<Record<string, Shape>>>({
    DefaultPreemption: { minCandidateNodesPercentage: INT32, minCandidateNodesAbsolute: INT32 },
    InterPodAffinity: { hardPodAffinityWeight: INT32, ignorePreferredTermsOfExistingPods: BOOL },
    NodeResourcesFit: {
      ignoredResources: list(STRING), ignoredResourceGroups: list(STRING),
      scoringStrategy: struct('v1.ScoringStrategy', {
        type: oneOf('LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'), resources: RESOURCES,
        requestedToCapacityRatio: struct('v1.RequestedToCapacityRatioParam', { shape: SHAPE }),
      }),
    },
    PodTopologySpread: {
      defaultConstraints: list(struct('v1.TopologySpreadConstraint', {
        maxSkew: INT32, topologyKey: STRING, whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway'), labelSelector: SELECTOR, minDomains: INT32,
        nodeAffinityPolicy: oneOf('Honor', 'Ignore'), nodeTaintsPolicy: oneOf('Honor', 'Ignore'), matchLabelKeys: list(STRING),
      })),
      defaultingType: oneOf('System', 'List'),
    },
    NodeResourcesBalancedAllocation: { resources: RESOURCES },
    VolumeBinding: { bindTimeoutSeconds: INT64, shape: SHAPE },
    NodeAffinity: {
      addedAffinity: struct('v1.NodeAffinity', {
        requiredDuringSchedulingIgnoredDuringExecution: struct('v1.NodeSelector', { nodeSelectorTerms: list(TERM) }),
        preferredDuringSchedulingIgnoredDuringExecution: list(struct('v1.PreferredSchedulingTerm', { weight: INT32, preference: TERM })),
      }),
    },
    DynamicResources: { filterTimeout: DURATION, bindingTimeout: DURATION },
  }).map(([name, fields]) => [name, struct(`v1.${name}Args`, { apiVersion: STRING, kind: STRING, ...fields })]),
)

/** Which extension points each plugin has. */
export const PLUGIN_POINTS: Readonly<Record<string, readonly Point[]>> = {
  SchedulingGates: ['preEnqueue'],
  PrioritySort: ['queueSort'],
  NodeUnschedulable: ['filter'],
  NodeName: ['filter'],
  TaintToleration: ['filter', 'preScore', 'score'],
  NodeAffinity: ['preFilter', 'filter', 'preScore', 'score'],
  NodePorts: ['preFilter', 'filter'],
  NodeResourcesFit: ['preFilter', 'filter', 'preScore', 'score'],
  VolumeRestrictions: ['preFilter', 'filter'],
  NodeVolumeLimits: ['preFilter', 'filter'],
  VolumeBinding: ['preFilter', 'filter', 'preScore', 'score', 'reserve', 'preBind'],
  VolumeZone: ['preFilter', 'filter'],
  PodTopologySpread: ['preFilter', 'filter', 'preScore', 'score'],
  InterPodAffinity: ['preFilter', 'filter', 'preScore', 'score'],
  DynamicResources: ['preEnqueue', 'preFilter', 'filter', 'postFilter', 'score', 'reserve', 'preBind'],
  DefaultPreemption: ['preEnqueue', 'postFilter'],
  NodeResourcesBalancedAllocation: ['preScore', 'score'],
  ImageLocality: ['score'],
  DefaultBinder: ['bind'],
  // No pod asks for a feature that a modelled node lacks, so it never objects.
  NodeDeclaredFeatures: ['preFilter', 'filter'],
}
