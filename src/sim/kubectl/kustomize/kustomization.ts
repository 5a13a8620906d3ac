import type { JsonValue, StringMap } from '../../api/meta.ts'

export interface Selector {
  readonly group?: string
  readonly version?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly annotationSelector?: string
}

export interface Patch {
  readonly path?: string
  readonly patch?: string
  readonly target?: Selector
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean }
}

export interface GeneratorOptions {
  readonly labels?: StringMap
  readonly annotations?: StringMap
  readonly disableNameSuffixHash?: boolean
  readonly immutable?: boolean
}

export interface GeneratorArgs {
  readonly name: string
  readonly namespace?: string
  readonly behavior?: string
  readonly literals?: readonly string[]
  readonly files?: readonly string[]
  readonly envs?: readonly string[]
  readonly env?: string
  readonly type?: string
  readonly options?: GeneratorOptions
}

export interface ReplacementSource extends Selector {
  readonly fieldPath?: string
  readonly options?: { readonly delimiter?: string; readonly index?: number }
}

export interface Replacement {
  readonly path?: string
  readonly source?: ReplacementSource
  readonly targets?: readonly {
    readonly select?: Selector
    readonly reject?: readonly Selector[]
    readonly fieldPaths?: readonly string[]
    readonly options?: { readonly delimiter?: string; readonly index?: number; readonly create?: boolean }
  }[]
}

export interface LabelSetting {
  readonly pairs?: StringMap
  readonly includeSelectors?: boolean
  readonly includeTemplates?: boolean
}

export interface ImageSetting {
  readonly name: string
  readonly newName?: string
  readonly newTag?: string | number
  readonly digest?: string
  readonly tagSuffix?: string
}

/** What a kustomization.yaml may say (kustomize: api/types, kustomization.go). */
export interface Kustomization {
  readonly apiVersion?: string
  readonly kind?: string
  readonly resources?: readonly string[]
  readonly bases?: readonly string[]
  readonly components?: readonly string[]
  readonly namePrefix?: string
  readonly nameSuffix?: string
  readonly namespace?: string
  readonly commonLabels?: StringMap
  readonly labels?: readonly LabelSetting[]
  readonly commonAnnotations?: StringMap
  readonly images?: readonly ImageSetting[]
  readonly imageTags?: readonly ImageSetting[]
  readonly replicas?: readonly { readonly name: string; readonly count: number }[]
  readonly patches?: readonly Patch[]
  readonly patchesStrategicMerge?: readonly string[]
  readonly patchesJson6902?: readonly Patch[]
  readonly configMapGenerator?: readonly GeneratorArgs[]
  readonly secretGenerator?: readonly GeneratorArgs[]
  readonly generatorOptions?: GeneratorOptions
  readonly replacements?: readonly Replacement[]
  readonly vars?: readonly { readonly name: string; readonly objref: { readonly kind?: string; readonly name?: string }; readonly fieldref?: { readonly fieldPath?: string } }[]
  readonly sortOptions?: { readonly order?: string }
  readonly buildMetadata?: readonly string[]
}

const FIELDS: readonly string[] = [
  'apiVersion', 'kind', 'metadata', 'openapi', 'namePrefix', 'nameSuffix', 'namespace', 'commonLabels', 'labels', 'commonAnnotations', 'patches', 'patchesStrategicMerge', 'patchesJson6902',
  'images', 'imageTags', 'replacements', 'replicas', 'vars', 'sortOptions', 'resources', 'components', 'crds', 'bases', 'configMapGenerator', 'secretGenerator', 'helmGlobals', 'helmCharts',
  'helmChartInflationGenerator', 'generatorOptions', 'configurations', 'generators', 'transformers', 'validators', 'buildMetadata',
]

/** Parts of kustomize that run programs or plugins. */
export const REFUSED: readonly string[] = ['helmCharts', 'helmChartInflationGenerator', 'generators', 'transformers', 'validators', 'configurations', 'openapi', 'crds']

/** Fields in whose place something else stands today. */
export const OLD: Readonly<Record<string, string>> = {
  bases: "'bases' is deprecated. Please use 'resources' instead.", commonLabels: "'commonLabels' is deprecated. Please use 'labels' instead.",
  imageTags: "'imageTags' is deprecated. Please use 'images' instead.", patchesStrategicMerge: "'patchesStrategicMerge' is deprecated. Please use 'patches' instead.",
  patchesJson6902: "'patchesJson6902' is deprecated. Please use 'patches' instead.", vars: "'vars' is deprecated. Please use 'replacements' instead.",
}

export const unknownField = (value: JsonValue): string | undefined => Object.keys(value as object).find((key) => !FIELDS.includes(key))
