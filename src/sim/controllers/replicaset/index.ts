import type { Controller } from '../../client/controller.ts'
import { replicaController } from '../../client/replicas/sync.ts'
import { REPLICA_SETS } from '../../client/request.ts'

/** Keeps as many pods as each ReplicaSet wishes (kube-controller-manager: replicaset, replica_set.go). */
export const replicaSetController: Controller = replicaController({
  name: 'replicaset-controller',
  kind: 'ReplicaSet',
  resource: REPLICA_SETS,
  countTerminating: true,
})
