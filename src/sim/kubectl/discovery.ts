import type { GroupVersionKind, KubeObject } from '../api/meta.ts'
import { isEstablished } from '../apiserver/custom/custom-kinds.ts'
import { customKind } from '../apiserver/custom/kind.ts'
import type { CustomResourceDefinition } from '../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'

/** v1 above v2beta1 above v1alpha1; later numbers win within. */
export function rankOf(version: string): number {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (!found) return 0
  return (found[2] === undefined ? 2_000_000 : found[2] === 'beta' ? 1_000_000 : 0) + Number(found[1]) * 1000 + Number(found[3] ?? 0)
}

const compiled = new WeakMap<readonly KubeObject[], readonly KindDefinition[]>()

/** Kinds that definitions make, the preferred version of each first. */
function kindsOf(definitions: readonly KubeObject[]): readonly KindDefinition[] {
  let kinds = compiled.get(definitions)
  if (!kinds) {
    kinds = (definitions as readonly CustomResourceDefinition[]).filter(isEstablished).flatMap((crd) =>
      [...(crd.spec.versions ?? [])].sort((a, b) => rankOf(b.name) - rankOf(a.name)).flatMap((v) => customKind(crd, v.name) ?? []),
    )
    compiled.set(definitions, kinds)
  }
  return kinds
}

const fits = (k: KindDefinition, name: string): boolean => k.plural === name || k.singular === name || k.shortNames.includes(name) || k.kind.toLowerCase() === name

/**
 * What the API server serves, as a command found it when it began: the built-in kinds and those of CustomResourceDefinitions. It is
 * set for as long as a command runs, which is never interrupted by another.
 */
class Discovery {
  #custom: readonly KindDefinition[] = []
  #warn: (text: string) => void = () => undefined
  readonly #warned = new Set<string>()

  during<T>(definitions: readonly KubeObject[], warn: (text: string) => void, body: () => T): T {
    const [custom, before] = [this.#custom, this.#warn]
    this.#custom = definitions.length > 0 ? kindsOf(definitions) : []
    this.#warn = warn
    this.#warned.clear()
    try {
      return body()
    } finally {
      this.#custom = custom
      this.#warn = before
    }
  }

  get custom(): readonly KindDefinition[] {
    return this.#custom
  }

  /** What a person means by a word (kubectl's REST mapper and shortcut expander). */
  resourceFor(word: string): KindDefinition | undefined {
    const found = scheme.resourceFor(word)
    if (found) return this.#ambiguous(word, found)
    const lower = word.toLowerCase()
    const plain = this.#custom.find((k) => fits(k, lower))
    const dot = lower.indexOf('.')
    if (plain || dot < 0) return plain
    const [name, rest] = [lower.slice(0, dot), lower.slice(dot + 1)]
    return this.#custom.find((k) => fits(k, name) && (k.group === rest || `${k.version}.${k.group}` === rest))
  }

  kindFor(gvk: GroupVersionKind): KindDefinition | undefined {
    return scheme.kindFor(gvk) ?? this.#custom.find((k) => k.group === gvk.group && k.version === gvk.version && k.kind === gvk.kind)
  }

  resource(group: string, version: string, plural: string): KindDefinition | undefined {
    return scheme.resource(group, version, plural) ?? this.#custom.find((k) => k.group === group && k.version === version && k.plural === plural)
  }

  /** A short name that two resources have is warned about, once. */
  #ambiguous(word: string, found: KindDefinition): KindDefinition {
    if (!found.shortNames.includes(word)) return found
    const other = [...scheme.kinds, ...this.#custom].find((k) => k.shortNames.includes(word) && (k.group !== found.group || k.plural !== found.plural) && !k.addOn)
    if (other && !this.#warned.has(word)) {
      this.#warned.add(word)
      this.#warn(`Warning: short name ${JSON.stringify(word)} could also match lower priority resource ${other.plural}.${other.group}\n`)
    }
    return found
  }
}

export const discovery = new Discovery()
