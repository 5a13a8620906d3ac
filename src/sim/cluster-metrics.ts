import type { Selector } from './api/labels.ts'
import type { KubeObject } from './api/meta.ts'
import type { PodUsage, ResourceMetrics } from './controllers/setup.ts'
import type { Micros } from './engine/time.ts'
import { Kubelets } from './node/kubelet/kubelets.ts'
import { simulatedLoad } from './node/load.ts'
import { METRICS_GROUP, METRICS_RESOURCES, METRICS_SERVICE, MetricsServer } from './node/metrics-server.ts'

/** What the metrics of a cluster come from. */
interface Measured {
  readonly objects: { get(key: string): KubeObject | undefined; has(key: string): boolean }
  readonly kubelets: object
  list<T extends KubeObject>(plural: string, namespace?: string): readonly T[]
}

/** Resource metrics: for autoscalers, and as the API group that the API server passes on. */
export class ClusterMetrics implements ResourceMetrics {
  readonly group = METRICS_GROUP
  readonly resources = METRICS_RESOURCES
  readonly #cluster: Measured
  readonly #server: MetricsServer

  constructor(cluster: Measured) {
    this.#cluster = cluster
    this.#server = new MetricsServer({
      get: (key) => cluster.objects.get(key),
      list: (plural, namespace) => cluster.list(plural, namespace),
      pods: (namespace, selector, at) => this.#used(namespace, selector, at, true),
      nodes: (at) => (cluster.kubelets instanceof Kubelets ? cluster.kubelets.nodeUsage(at) : []),
    })
  }

  /** What an autoscaler is told: by the metrics server where there is one, else by the kubelets. */
  pods(namespace: string, selector: Selector, now: Micros): readonly PodUsage[] | string {
    return this.#cluster.objects.has(METRICS_SERVICE) ? this.#server.usage(namespace, selector, now) : this.#used(namespace, selector, now, false)
  }

  serves(group: string): boolean {
    return this.#server.serves(group)
  }

  answer(request: Parameters<MetricsServer['answer']>[0], now: Micros): ReturnType<MetricsServer['answer']> {
    return this.#server.answer(request, now)
  }

  /** The load that a namespace declares as a whole, else what the kubelets measure. */
  #used(namespace: string, selector: Selector, at: Micros, exact: boolean): readonly PodUsage[] {
    const declared = simulatedLoad(this.#cluster).pods(namespace, selector, at) as readonly PodUsage[]
    const { kubelets } = this.#cluster
    return declared.length > 0 || !(kubelets instanceof Kubelets) ? declared : kubelets.usage(namespace, selector, at, exact)
  }
}
