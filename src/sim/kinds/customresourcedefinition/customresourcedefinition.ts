import type { JsonSchema } from '../../api/custom/json-schema.ts'
import type { Condition, KubeObject } from '../../api/meta.ts'

/** apiextensions.k8s.io/v1 CustomResourceDefinition. */
export interface CustomResourceDefinition extends KubeObject<CrdSpec, CrdStatus> {
  readonly spec: CrdSpec
}

export interface CrdNames {
  readonly plural: string
  readonly singular?: string
  readonly kind: string
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface CrdSpec {
  readonly group: string
  readonly names: CrdNames
  readonly scope: string
  readonly versions: readonly CrdVersion[] | null
  readonly conversion?: CrdConversion
  readonly preserveUnknownFields?: boolean
}

export interface CrdVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema }
  readonly subresources?: CrdSubresources
  readonly additionalPrinterColumns?: readonly CrdColumn[]
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
}

export interface CrdSubresources {
  readonly status?: object
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string }
}

export interface CrdColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

export interface CrdConversion {
  readonly strategy: string
  readonly webhook?: {
    readonly clientConfig?: {
      readonly url?: string
      readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number }
      readonly caBundle?: string
    }
    readonly conversionReviewVersions?: readonly string[]
  }
}

export interface CrdStatus {
  readonly conditions?: readonly Condition[] | null
  readonly acceptedNames?: CrdNames
  readonly storedVersions?: readonly string[] | null
  readonly observedGeneration?: number
}
