import type { Describer } from './generic.ts'
import { describeNode } from './node.ts'
import { describePod } from './pod.ts'
import { describeConfigMap, describeEndpoints, describeEndpointSlice, describeNamespace, describeSecret, describeService, describeServiceAccount } from './small-kinds.ts'
import { describeAutoscaler, describeBudget, describeIpAddress, describePriorityClass, describeServiceCidr } from './scaling.ts'
import { describeCronJob, describeJob } from './batch.ts'
import { describeBinding, describeRole } from './rbac.ts'
import { describeIngress, describeIngressClass, describeNetworkPolicy } from './network.ts'
import { describeLimitRange, describeQuota } from './limits.ts'
import { describeAttributesClass, describeClaim, describeCsiNode, describeStorageClass, describeVolume } from './storage.ts'
import { describeDaemonSet, describeDeployment, describeReplicaSet, describeReplicationController, describeStatefulSet } from './workloads.ts'

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
  StatefulSet: describeStatefulSet,
  ReplicationController: describeReplicationController,
  Job: describeJob,
  CronJob: describeCronJob,
  HorizontalPodAutoscaler: describeAutoscaler,
  PodDisruptionBudget: describeBudget,
  PriorityClass: describePriorityClass,
  ResourceQuota: describeQuota,
  LimitRange: describeLimitRange,
  Ingress: describeIngress,
  IngressClass: describeIngressClass,
  NetworkPolicy: describeNetworkPolicy,
  ServiceCIDR: describeServiceCidr,
  IPAddress: describeIpAddress,
  PersistentVolume: describeVolume,
  PersistentVolumeClaim: describeClaim,
  StorageClass: describeStorageClass,
  VolumeAttributesClass: describeAttributesClass,
  CSINode: describeCsiNode,
  Role: describeRole,
  ClusterRole: describeRole,
  RoleBinding: describeBinding,
  ClusterRoleBinding: describeBinding,
}
