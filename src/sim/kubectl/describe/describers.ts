import type { Describer } from './generic.ts'
import { describeNode } from './node.ts'
import { describePod } from './pod.ts'
import { describeConfigMap, describeEndpoints, describeEndpointSlice, describeNamespace, describeSecret, describeService, describeServiceAccount } from './small-kinds.ts'
import { describeDaemonSet, describeDeployment, describeReplicaSet } from './workloads.ts'

/** Descriptions by kind; kinds that are not listed get the generic one. */
export const describers: Readonly<Record<string, Describer>> = {
  Pod: describePod,
  Deployment: describeDeployment,
  ReplicaSet: describeReplicaSet,
  DaemonSet: describeDaemonSet,
  Node: describeNode,
  Service: describeService,
  Namespace: describeNamespace,
  ConfigMap: describeConfigMap,
  Secret: describeSecret,
  ServiceAccount: describeServiceAccount,
  Endpoints: describeEndpoints,
  EndpointSlice: describeEndpointSlice,
}
