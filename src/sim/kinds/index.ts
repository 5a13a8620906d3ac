import { apiServiceKind } from './apiservice/index.ts'
import { certificateSigningRequestKind } from './certificatesigningrequest/index.ts'
import { clusterRoleKind } from './clusterrole/index.ts'
import { clusterRoleBindingKind } from './clusterrolebinding/index.ts'
import { configMapKind } from './configmap/index.ts'
import { controllerRevisionKind } from './controllerrevision/index.ts'
import { cronJobKind } from './cronjob/index.ts'
import { csiDriverKind } from './csidriver/index.ts'
import { csiNodeKind } from './csinode/index.ts'
import { csiStorageCapacityKind } from './csistoragecapacity/index.ts'
import { customResourceDefinitionKind } from './customresourcedefinition/index.ts'
import { daemonSetKind } from './daemonset/index.ts'
import type { KindDefinition } from './definition.ts'
import { deploymentKind } from './deployment/index.ts'
import { deviceClassKind } from './deviceclass/index.ts'
import { endpointsKind } from './endpoints/index.ts'
import { endpointSliceKind } from './endpointslice/index.ts'
import { eventKind, eventsV1Kind } from './event/index.ts'
import { flowSchemaKind } from './flowschema/index.ts'
import { horizontalPodAutoscalerKind, horizontalPodAutoscalerV1Kind } from './horizontalpodautoscaler/index.ts'
import { ingressKind } from './ingress/index.ts'
import { ingressClassKind } from './ingressclass/index.ts'
import { ipAddressKind } from './ipaddress/index.ts'
import { jobKind } from './job/index.ts'
import { componentStatusKind } from './componentstatus/index.ts'
import { leaseKind } from './lease/index.ts'
import { limitRangeKind } from './limitrange/index.ts'
import { mutatingAdmissionPolicyKind } from './mutatingadmissionpolicy/index.ts'
import { mutatingAdmissionPolicyBindingKind } from './mutatingadmissionpolicybinding/index.ts'
import { mutatingWebhookConfigurationKind } from './mutatingwebhookconfiguration/index.ts'
import { namespaceKind } from './namespace/index.ts'
import { networkPolicyKind } from './networkpolicy/index.ts'
import { nodeKind } from './node/index.ts'
import { persistentVolumeKind } from './persistentvolume/index.ts'
import { persistentVolumeClaimKind } from './persistentvolumeclaim/index.ts'
import { podKind } from './pod/index.ts'
import { podDisruptionBudgetKind } from './poddisruptionbudget/index.ts'
import { podTemplateKind } from './podtemplate/index.ts'
import { priorityClassKind } from './priorityclass/index.ts'
import { priorityLevelConfigurationKind } from './prioritylevelconfiguration/index.ts'
import { replicaSetKind } from './replicaset/index.ts'
import { replicationControllerKind } from './replicationcontroller/index.ts'
import { resourceClaimKind } from './resourceclaim/index.ts'
import { resourceClaimTemplateKind } from './resourceclaimtemplate/index.ts'
import { resourceQuotaKind } from './resourcequota/index.ts'
import { resourceSliceKind } from './resourceslice/index.ts'
import { roleKind } from './role/index.ts'
import { roleBindingKind } from './rolebinding/index.ts'
import { runtimeClassKind } from './runtimeclass/index.ts'
import { Scheme } from './scheme.ts'
import { secretKind } from './secret/index.ts'
import { serviceKind } from './service/index.ts'
import { serviceAccountKind } from './serviceaccount/index.ts'
import { serviceCidrKind } from './servicecidr/index.ts'
import { statefulSetKind } from './statefulset/index.ts'
import { storageClassKind } from './storageclass/index.ts'
import { validatingAdmissionPolicyKind } from './validatingadmissionpolicy/index.ts'
import { validatingAdmissionPolicyBindingKind } from './validatingadmissionpolicybinding/index.ts'
import { validatingWebhookConfigurationKind } from './validatingwebhookconfiguration/index.ts'
import { volumeAttachmentKind } from './volumeattachment/index.ts'
import { volumeAttributesClassKind } from './volumeattributesclass/index.ts'
import { volumeSnapshotKind } from './volumesnapshot/index.ts'
import { volumeSnapshotClassKind } from './volumesnapshotclass/index.ts'
import { volumeSnapshotContentKind } from './volumesnapshotcontent/index.ts'

/** Kinds with a folder, in the order in which the API server lists them. A new kind adds its line here. */
const modelled = [
  configMapKind,
  endpointsKind,
  eventKind,
  limitRangeKind,
  namespaceKind,
  nodeKind,
  podKind,
  resourceQuotaKind,
  podTemplateKind,
  replicationControllerKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  horizontalPodAutoscalerKind,
  horizontalPodAutoscalerV1Kind,
  cronJobKind,
  jobKind,
  leaseKind,
  componentStatusKind,
  podDisruptionBudgetKind,
  priorityClassKind,
  runtimeClassKind,
  endpointSliceKind,
  eventsV1Kind,
  clusterRoleBindingKind,
  clusterRoleKind,
  roleBindingKind,
  roleKind,
  mutatingAdmissionPolicyKind,
  mutatingAdmissionPolicyBindingKind,
  mutatingWebhookConfigurationKind,
  validatingAdmissionPolicyKind,
  validatingAdmissionPolicyBindingKind,
  validatingWebhookConfigurationKind,
  persistentVolumeKind,
  persistentVolumeClaimKind,
  storageClassKind,
  csiDriverKind,
  csiNodeKind,
  csiStorageCapacityKind,
  volumeAttachmentKind,
  volumeAttributesClassKind,
  volumeSnapshotClassKind,
  volumeSnapshotContentKind,
  volumeSnapshotKind,
  ingressKind,
  ingressClassKind,
  networkPolicyKind,
  ipAddressKind,
  serviceCidrKind,
  flowSchemaKind,
  priorityLevelConfigurationKind,
  customResourceDefinitionKind,
  resourceClaimKind,
  resourceClaimTemplateKind,
  deviceClassKind,
  resourceSliceKind,
  certificateSigningRequestKind,
  apiServiceKind,
] as unknown as readonly KindDefinition[]

/** Every kind of v1.36: the modelled ones, and the rest as stored but not acted upon. */
export const scheme = new Scheme(modelled)

/** The kind behind REST coordinates, e.g. ('apps', 'v1', 'deployments'). */
export const resourceKind = (group: string, version: string, plural: string): KindDefinition | undefined => scheme.resource(group, version, plural)
