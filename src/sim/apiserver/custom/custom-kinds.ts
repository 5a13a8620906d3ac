import type { GroupVersionKind } from '../../api/meta.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { Store } from '../../store/store.ts'
import type { CustomResources, ServedResource } from '../http/groups.ts'
import { customKind, type CustomKind } from './kind.ts'

const CRDS = 'customresourcedefinitions'

export const isEstablished = ({ status }: CustomResourceDefinition): boolean => (status?.conditions ?? []).some((c) => c.type === 'Established' && c.status === 'True')

/** The kind that a CustomResourceDefinition in the store makes under a name. */
export function customKindFor(store: Pick<Store, 'keys' | 'get'>, { group, version, kind }: GroupVersionKind): CustomKind | undefined {
  const crd = store.keys(CRDS).map((key) => store.get(key) as CustomResourceDefinition).find(({ spec }) => spec.group === group && spec.names.kind === kind)
  return crd && isEstablished(crd) ? customKind(crd, version) : undefined
}

/** What the CustomResourceDefinitions in the store serve. */
export class CustomKinds implements CustomResources {
  readonly #store: Store
  readonly #served = new WeakMap<CustomKind, ServedResource>()

  constructor(store: Store) {
    this.#store = store
  }

  kind(group: string, version: string, plural: string): CustomKind | undefined {
    const crd = this.#store.get(`${CRDS}/${plural}.${group}`) as CustomResourceDefinition | undefined
    return crd && isEstablished(crd) ? customKind(crd, version) : undefined
  }

  /** Every served kind, in the order of the definitions' names. */
  kinds(): readonly CustomKind[] {
    return this.#store.keys(CRDS).flatMap((key) => {
      const crd = this.#store.get(key) as CustomResourceDefinition
      if (!isEstablished(crd)) return []
      return (crd.spec.versions ?? []).map((v) => customKind(crd, v.name)).filter((kind): kind is CustomKind => kind !== undefined)
    })
  }

  all(): readonly ServedResource[] {
    return this.kinds().map((kind) => this.#resource(kind))
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    const kind = this.kind(group, version, plural)
    return kind && this.#resource(kind)
  }

  #resource(kind: CustomKind): ServedResource {
    let served = this.#served.get(kind)
    if (!served) this.#served.set(kind, (served = resourceOf(kind)))
    return served
  }
}

function resourceOf(kind: CustomKind): ServedResource {
  const { group, version, plural, singular, shortNames, categories, namespaced, verbs } = kind
  const apiVersion = `${group}/${version}`
  const subresources = kind.subresources.map((name) => ({
    name, verbs: ['get', 'patch', 'update'], kind: name === 'scale' ? 'Scale' : kind.kind, apiVersion: name === 'scale' ? 'autoscaling/v1' : apiVersion,
  }))
  return { group, version, kind: kind.kind, plural, singular, shortNames, categories, namespaced, verbs, subresources, definition: '', custom: true }
}

