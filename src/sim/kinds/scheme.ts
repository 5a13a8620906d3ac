import type { GroupVersionKind, KubeObject } from '../api/meta.ts'
import { resources } from '../api/schema/schema.ts'
import type { KindDefinition } from './definition.ts'
import { fromResource } from './define.ts'

/** Kinds that only answer requests and are never stored: reviews and bindings. */
const NOT_STORED: ReadonlySet<string> = new Set([
  'bindings', 'tokenreviews', 'selfsubjectreviews', 'localsubjectaccessreviews', 'selfsubjectaccessreviews',
  'selfsubjectrulesreviews', 'subjectaccessreviews',
])

/** Generations of kinds without a folder: those whose real strategies count them. */
const COUNTED: ReadonlySet<string> = new Set([
  'replicationcontrollers', 'statefulsets', 'jobs', 'cronjobs', 'poddisruptionbudgets', 'ingresses', 'ingressclasses', 'networkpolicies',
  'flowschemas', 'prioritylevelconfigurations', 'mutatingwebhookconfigurations', 'validatingwebhookconfigurations',
  'validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings',
  'customresourcedefinitions', 'priorityclasses', 'deviceclasses', 'resourceslices',
])

/** All kinds by their names: what a REST mapper and a scheme are in Kubernetes. */
export class Scheme {
  readonly kinds: readonly KindDefinition[]
  readonly #byKind = new Map<string, KindDefinition>()
  /** Those of one plural in a short list: every request asks, and a key of three texts is slower to make than to compare. */
  readonly #byPlural = new Map<string, KindDefinition[]>()
  readonly #byName = new Map<string, KindDefinition>()

  /** `modelled` in their order first; every other resource of the table follows as stored but not acted upon. */
  constructor(modelled: readonly KindDefinition[]) {
    const known = new Set(modelled.map((k) => `${k.group}/${k.version}/${k.plural}`))
    const others = resources()
      .filter((r) => !NOT_STORED.has(r.plural) && !known.has(`${r.group}/${r.version}/${r.plural}`))
      .map((r) => fromResource<KubeObject>(r, { generation: COUNTED.has(r.plural) }, false))
    this.kinds = [...modelled, ...others]
    for (const k of this.kinds) {
      this.#byKind.set(`${k.group}/${k.version}/${k.kind}`, k)
      const same = this.#byPlural.get(k.plural)
      if (same) same.push(k)
      else this.#byPlural.set(k.plural, [k])
    }
    for (const k of this.kinds) {
      for (const name of [k.plural, k.singular, ...k.shortNames, k.kind.toLowerCase()]) if (!this.#byName.has(name)) this.#byName.set(name, k)
    }
  }

  kindFor(gvk: GroupVersionKind): KindDefinition | undefined {
    return this.#byKind.get(`${gvk.group}/${gvk.version}/${gvk.kind}`)
  }

  /** By REST coordinates. */
  resource(group: string, version: string, plural: string): KindDefinition | undefined {
    const same = this.#byPlural.get(plural)
    // The last one of equal coordinates counts.
    if (same) for (let i = same.length - 1; i >= 0; i--) if (same[i]!.group === group && same[i]!.version === version) return same[i]
    return undefined
  }

  /**
   * What a user means by a word: plural, singular, short name or kind in any case, alone or qualified as
   * `deployments.apps` or `deployments.v1.apps` (kubectl's REST mapper).
   */
  resourceFor(word: string): KindDefinition | undefined {
    const lower = word.toLowerCase()
    const plain = this.#byName.get(lower)
    if (plain) return plain
    const dot = lower.indexOf('.')
    if (dot < 0) return undefined
    const name = lower.slice(0, dot)
    const rest = lower.slice(dot + 1)
    const fits = (k: KindDefinition): boolean => k.plural === name || k.singular === name || k.shortNames.includes(name)
    return this.kinds.find((k) => fits(k) && (k.group === rest || `${k.version}.${k.group}` === rest || (k.group === '' && k.version === rest)))
  }

  /** Kinds of a category such as "all", in discovery order. */
  category(name: string): readonly KindDefinition[] {
    return this.kinds.filter((k) => k.categories.includes(name))
  }
}
