import { keyOf, type KubeObject } from '../../api/meta.ts'
import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { Client } from '../../client/transport.ts'
import type { Engine, EventContext } from '../../engine/engine.ts'
import type { Index, Table } from '../../engine/table.ts'
import { resolveImage } from '../../images/index.ts'
import { processOf, type Process } from '../runtime/process.ts'
import type { NodeRow, PodRow } from './state.ts'

export const KUBELET = 'kubelet'
export const actorOf = (node: string): string => `${KUBELET}/${node}`
export const rowKey = (node: string, pod: KubeObject): string => `${node} ${keyOf(pod)}`

/** What the parts of the kubelets share: tables, clients, recorders. */
export class KubeletWorld {
  readonly pods: Table<PodRow>
  readonly nodes: Table<NodeRow>
  readonly byNode: Index<PodRow>
  readonly #engine: Engine
  readonly #clients = new Map<string, Client>()
  readonly #recorders = new Map<string, EventRecorder>()

  constructor(engine: Engine) {
    this.#engine = engine
    this.pods = engine.table<PodRow>('kubelet/pods')
    this.nodes = engine.table<NodeRow>('kubelet/nodes')
    this.byNode = this.pods.index((row) => row.node)
  }

  client(node: string): Client {
    let client = this.#clients.get(node)
    if (!client) this.#clients.set(node, (client = new Client(this.#engine, actorOf(node), { user: `system:node:${node}`, qps: 50, burst: 100 })))
    return client
  }

  recorder(node: string): EventRecorder {
    let recorder = this.#recorders.get(node)
    if (!recorder) {
      const client = new Client(this.#engine, `${actorOf(node)}-events`, { user: `system:node:${node}`, qps: 50, burst: 100 })
      this.#recorders.set(node, (recorder = new EventRecorder(this.#engine, client, { component: KUBELET, host: node })))
    }
    return recorder
  }

  put(row: PodRow): PodRow {
    this.pods.set(rowKey(row.node, row.pod), row)
    return row
  }

  find(node: string, key: string): PodRow | undefined {
    return this.pods.get(`${node} ${key}`)
  }

  /** An event about one container of the pod. */
  aboutContainer(ctx: EventContext, row: PodRow, container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const isInit = (row.pod.spec.initContainers ?? []).some((c) => c.name === container.name)
    const fieldPath = `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`
    this.recorder(row.node).emit(ctx, { ...row.pod, fieldPath } as KubeObject, type, reason, message)
  }

  aboutPod(ctx: EventContext, row: PodRow, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder(row.node).emit(ctx, row.pod, type, reason, message)
  }
}

/** The process that a container of the pod runs, or ran. */
export function processFor(container: Container): Process {
  const image = resolveImage(container.image ?? '')
  return processOf(container, image.found ? image.program : { kind: 'shell' })
}

export function containerNamed(pod: Pod, name: string): Container | undefined {
  return pod.spec.containers.find((c) => c.name === name) ?? pod.spec.initContainers?.find((c) => c.name === name)
}
