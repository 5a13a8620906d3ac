import type { KubeObject } from '../api/meta.ts'
import { isStatus, type Status } from '../api/status.ts'
import { create, get, type Request } from '../client/request.ts'
import { createCluster, type Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'

type Resource = Pick<Request, 'group' | 'version' | 'resource'>

export const CRDS: Resource = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' }
export const WIDGETS: Resource = { group: 'example.com', version: 'v1', resource: 'widgets' }

/** A control plane without nodes and add-ons but with RBAC, for tests of what the API server and controllers make of requests. */
export class BareCluster {
  readonly cluster: Cluster = createCluster({ seed: 1, nodes: 0, kubelet: 'kwok', bare: true, authorization: 'Node,RBAC' })

  constructor() {
    this.cluster.boot()
  }

  /** The answer; a refusal is thrown. */
  send(request: Request): KubeObject {
    const answer = this.cluster.request(request)
    if (isStatus(answer) && answer.status === 'Failure') throw new Error(answer.message)
    return answer as KubeObject
  }

  make(resource: Resource, namespace: string | undefined, body: object): KubeObject {
    return this.send(create(resource, namespace, body as KubeObject))
  }

  patch(resource: Resource, name: string, body: object, namespace?: string): KubeObject {
    return this.send({ verb: 'patch', ...resource, namespace, name, patchType: 'merge', body } as Request)
  }

  /** What is stored under a key, e.g. "pods/default/web". */
  stored(key: string): KubeObject<unknown, { readonly conditions?: readonly Record<string, string>[] }> | undefined {
    return this.cluster.objects.get(key) as never
  }

  condition(key: string, type: string): Record<string, string> | undefined {
    return this.stored(key)?.status?.conditions?.find((c) => c['type'] === type)
  }

  /** What a client is answered about an object. */
  ask(resource: Resource, namespace: string | undefined, name: string): KubeObject | Status {
    return this.cluster.request(get(resource, namespace, name)) as KubeObject | Status
  }

  /** Defines `widgets.example.com`, of any content, and waits until it is served. */
  defineWidgets(): KubeObject {
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }]
    const crd = this.make(CRDS, undefined, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions } })
    this.cluster.runFor(seconds(1))
    return crd
  }

  widget(name: string, metadata: object = {}): KubeObject {
    return this.make(WIDGETS, 'default', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'default', ...metadata } })
  }
}
