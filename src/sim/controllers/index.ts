import type { Controller } from '../client/controller.ts'
import { attachDetachController } from './attachdetach/index.ts'
import { certificateApprover, certificateCleaner, certificateSigner } from './certificates/index.ts'
import { clusterRoleAggregation } from './clusterroleaggregation/index.ts'
import { cronJobController } from './cronjob/index.ts'
import { daemonSetController } from './daemonset/index.ts'
import { deploymentController } from './deployment/index.ts'
import { disruptionController } from './disruption/index.ts'
import { endpointsController } from './endpoint/index.ts'
import { endpointSliceController } from './endpointslice/index.ts'
import { endpointSliceMirroringController } from './endpointslicemirroring/index.ts'
import { ephemeralVolumeController } from './ephemeralvolume/index.ts'
import { garbageCollector } from './garbagecollector/index.ts'
import { horizontalPodAutoscaler } from './horizontal/index.ts'
import { jobController } from './job/index.ts'
import { namespaceController } from './namespace/index.ts'
import { nodeIpam } from './nodeipam/index.ts'
import { nodeLifecycle } from './nodelifecycle/index.ts'
import { persistentVolumeBinder } from './persistentvolumebinder/index.ts'
import { persistentVolumeClaimProtection } from './persistentvolumeclaimprotection/index.ts'
import { persistentVolumeExpander } from './persistentvolumeexpander/index.ts'
import { persistentVolumeProtection } from './persistentvolumeprotection/index.ts'
import { podGc } from './podgc/index.ts'
import { replicaSetController } from './replicaset/index.ts'
import { replicationController } from './replication/index.ts'
import { resourceQuotaController } from './resourcequota/index.ts'
import { rootCaCertPublisher } from './rootcacertpublisher/index.ts'
import { serviceController } from './service/index.ts'
import { serviceCidrController } from './servicecidrs/index.ts'
import { serviceAccountController } from './serviceaccount/index.ts'
import { serviceAccountTokenController } from './serviceaccounttoken/index.ts'
import type { ControllerSetup } from './setup.ts'
import { statefulSetController } from './statefulset/index.ts'
import { taintEviction } from './tainteviction/index.ts'
import { ttlController } from './ttl/index.ts'
import { ttlAfterFinished } from './ttlafterfinished/index.ts'
import { policyStatusController } from './validatingadmissionpolicystatus/index.ts'
import { volumeAttributesClassProtection } from './volumeattributesclassprotection/index.ts'

/** The controllers of kube-controller-manager, in the order in which they start. A new one adds its line here. */
export const controllers = (setup: ControllerSetup): readonly Controller[] => [
  serviceAccountTokenController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  replicationController,
  podGc,
  resourceQuotaController,
  namespaceController,
  serviceAccountController,
  garbageCollector,
  daemonSetController,
  jobController,
  deploymentController,
  replicaSetController,
  horizontalPodAutoscaler(setup.metrics),
  disruptionController,
  statefulSetController,
  cronJobController,
  certificateSigner,
  certificateApprover,
  certificateCleaner,
  ttlController,
  nodeIpam,
  nodeLifecycle(setup.heartbeats),
  taintEviction,
  persistentVolumeBinder,
  attachDetachController,
  persistentVolumeExpander,
  persistentVolumeClaimProtection,
  persistentVolumeProtection,
  volumeAttributesClassProtection,
  ephemeralVolumeController,
  clusterRoleAggregation,
  ttlAfterFinished,
  rootCaCertPublisher,
  serviceCidrController,
  policyStatusController,
  ...(setup.cloud ? [serviceController] : []),
]
