import type { Controller } from '../../client/controller.ts'
import { replicaController } from '../../client/replicas/sync.ts'

/** Keeps as many pods as each ReplicationController wishes, by the ReplicaSets' machinery (kube-controller-manager: replication). */
export const replicationController: Controller = replicaController({
  name: 'replicationcontroller-controller',
  component: 'replication-controller',
  kind: 'ReplicationController',
  resource: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  countTerminating: false,
})
