import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { badRequest, type Status } from '../../api/status.ts'
import type { Table } from '../reading.ts'
import type { Wanted } from './media.ts'

interface ListLike {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata?: object
  readonly items: readonly KubeObject[]
}

const isList = (answer: unknown): answer is ListLike => typeof answer === 'object' && answer !== null && Array.isArray((answer as { items?: unknown }).items)

/** Items of a typed list say neither kind nor version. */
export function plainItem(object: KubeObject): JsonValue {
  const { kind: _kind, apiVersion: _version, ...rest } = object
  return rest as unknown as JsonValue
}

const PARTIAL = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } as const

/** An object reduced to its metadata (meta.k8s.io/v1 PartialObjectMetadata). */
export const partial = (object: KubeObject): JsonValue => ({ ...PARTIAL, metadata: internalMetadata(object) as unknown as JsonValue })

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** Metadata of the server's internal form, where a DaemonSet's template generation is a field and no annotation. */
function internalMetadata({ kind, metadata }: KubeObject): KubeObject['metadata'] {
  if (kind !== 'DaemonSet' || metadata.annotations?.[TEMPLATE_GENERATION] === undefined) return metadata
  const { [TEMPLATE_GENERATION]: _field, ...annotations } = metadata.annotations
  const { annotations: _all, ...rest } = metadata
  return Object.keys(annotations).length ? { ...rest, annotations } : rest
}

/** Puts what the server answered into the form that the client asked for. */
export function present(answer: unknown, wanted: Wanted, includeObject: string): JsonValue | Status {
  if ((answer as { kind?: string } | null)?.kind === 'Status') return answer as JsonValue
  switch (wanted.as) {
    case 'Table':
      return (answer as Table).kind === 'Table' ? tableAnswer(answer as Table, includeObject) : listOrObject(answer)
    case 'PartialObjectMetadata':
      if (isList(answer)) return badRequest(`you requested PartialObjectMetadata, but the requested object is a list (${goType(answer)})`) as unknown as JsonValue
      return partial(answer as KubeObject)
    case 'PartialObjectMetadataList':
      if (!isList(answer)) return badRequest(`you requested PartialObjectMetadataList, but the requested object is not a list (${goType(answer)})`) as unknown as JsonValue
      return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: answer.metadata as JsonValue, items: answer.items.length ? answer.items.map(partial) : null }
    default:
      return listOrObject(answer)
  }
}

const goType = (answer: unknown): string => `*core.${(answer as { kind?: string }).kind ?? ''}`

function listOrObject(answer: unknown): JsonValue {
  if (!isList(answer)) return answer as JsonValue
  // Lists of custom resources keep both in their items.
  const isCustom = (answer.metadata as { continue?: string } | undefined)?.continue === ''
  return { ...answer, items: isCustom ? answer.items : answer.items.map(plainItem) } as unknown as JsonValue
}

export function tableAnswer(table: Table, includeObject: string): JsonValue {
  const rows = table.rows.map(({ object, ...row }) => ({
    ...row,
    ...(includeObject === 'None' ? {} : { object: includeObject === 'Object' ? object : partial(object) }),
  }))
  return { ...table, rows } as unknown as JsonValue
}

/** The refusal of a Table form that does not exist (apis/meta/v1/validation: ValidateTableOptions). */
export function checkTable(wanted: Wanted, includeObject: string): Status | undefined {
  if (wanted.as !== 'Table' || ['', 'None', 'Metadata', 'Object'].includes(includeObject)) return undefined
  return badRequest(`Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(includeObject)}: must be 'Metadata', 'Object', 'None', or empty`)
}
