import type { JsonObject, JsonValue, KubeList, KubeObject } from '../../src/sim/api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../src/sim/api/status.ts'
import type { Propagation, Request } from '../../src/sim/client/request.ts'
import type { Reference } from '../../src/sim/testing/chainsaw/test.ts'
import type { Host } from './host.ts'

/** A request that cannot be made at all or was refused; the message is the server's. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Objects of a cluster by apiVersion and kind, as Chainsaw's client handles them. Refusals are thrown. */
export class Objects {
  readonly #host: Host
  readonly #namespace: string

  /** `namespace` is used for namespaced objects that name none. */
  constructor(host: Host, namespace: string) {
    this.#host = host
    this.#namespace = namespace
  }

  /** The object that `ref` names, or all that its labels select; empty when there is none. */
  find(ref: Reference, selector?: string): readonly KubeObject[] {
    const target = this.#target(ref)
    if (ref.name) {
      const answer = this.#host.read({ verb: 'get', ...target, name: ref.name })
      if (isNotFound(answer)) return []
      return [unless(answer) as KubeObject]
    }
    const labelSelector = selector ?? (ref.labels && Object.entries(ref.labels).map(([key, value]) => `${key}=${value}`).join(','))
    const answer = this.#host.read({ verb: 'list', ...target, options: labelSelector ? { labelSelector } : undefined })
    return (unless(answer) as KubeList).items
  }

  create(object: JsonObject, dryRun: boolean): KubeObject {
    const ref = referenceOf(object)
    return this.#send({ verb: 'create', ...this.#target(ref), body: this.#complete(object, ref), options: { dryRun } })
  }

  /** Chainsaw patches what exists with the whole document as a merge patch. */
  mergePatch(object: JsonObject, dryRun: boolean): KubeObject {
    const ref = referenceOf(object)
    return this.#send({ verb: 'patch', ...this.#target(ref), name: ref.name, patchType: 'merge', body: this.#complete(object, ref), options: { dryRun } })
  }

  update(object: JsonObject, old: KubeObject, dryRun: boolean): KubeObject {
    const ref = referenceOf(object)
    const complete = this.#complete(object, ref)
    const body = { ...complete, metadata: { ...(complete.metadata as JsonObject), resourceVersion: old.metadata.resourceVersion } }
    return this.#send({ verb: 'update', ...this.#target(ref), name: ref.name, body, options: { dryRun } })
  }

  remove(object: KubeObject, propagationPolicy: Propagation): void {
    const { apiVersion, kind, metadata } = object
    const target = this.#target({ apiVersion, kind, namespace: metadata.namespace })
    const answer = this.#host.send({ verb: 'delete', ...target, name: metadata.name, options: { propagationPolicy } })
    if (!isNotFound(answer)) unless(answer)
  }

  #send(request: Request): KubeObject {
    return unless(this.#host.send(request)) as KubeObject
  }

  #target(ref: Reference) {
    const known = this.#host.resourceOf(ref.apiVersion, ref.kind)
    if (!known) throw new Refused(`no matches for kind "${ref.kind}" in version "${ref.apiVersion}"`)
    const { group, version, resource, namespaced } = known
    return { group, version, resource, namespace: namespaced ? (ref.namespace ?? this.#namespace) : undefined }
  }

  #complete(object: JsonObject, ref: Reference): JsonObject {
    const { namespace } = this.#target(ref)
    return namespace === undefined ? object : { ...object, metadata: { ...(object.metadata as JsonObject), namespace } }
  }
}

/** Who an object is, from its document. */
export function referenceOf(object: JsonObject): Reference {
  const metadata = (object.metadata ?? {}) as Readonly<Record<string, JsonValue | undefined>>
  return {
    apiVersion: String(object.apiVersion),
    kind: String(object.kind),
    name: metadata.name as string | undefined,
    namespace: metadata.namespace as string | undefined,
    labels: metadata.labels as Readonly<Record<string, string>> | undefined,
  }
}

function unless(answer: unknown): unknown {
  if (isStatus(answer)) throw new Refused((answer as Status).message ?? 'refused')
  return answer
}
