import { decodedSchema } from '../../api/custom/decoded.ts'
import { unknownFormat } from '../../api/custom/formats.ts'
import { someSchema } from '../../api/custom/json-schema.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import { deepEqual } from '../../api/deep.ts'
import { defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { CrdConversion, CrdNames, CrdSpec, CrdStatus, CrdVersion, CustomResourceDefinition } from './customresourcedefinition.ts'
import { hoisted } from './hoisted.ts'
import { validateCrd, validateCrdStatus, validateCrdUpdate } from './validate.ts'

const withNames = (n: CrdNames): CrdNames => assignSame(n, { singular: n.singular || (n.kind ?? '').toLowerCase() || undefined, listKind: n.listKind || (n.kind ? `${n.kind}List` : undefined) })

function withConversion(c: CrdConversion | undefined): CrdConversion {
  if (!c) return { strategy: 'None' }
  // A web hook without a client and versions says nothing and is not kept.
  if (c.webhook && !c.webhook.clientConfig && !c.webhook.conversionReviewVersions?.length) return { strategy: c.strategy }
  const service = c.webhook?.clientConfig?.service
  if (!service || service.port !== undefined) return c
  return { ...c, webhook: { ...c.webhook, clientConfig: { ...c.webhook!.clientConfig, service: { ...service, port: 443 } } } }
}

const withSchema = (v: CrdVersion): CrdVersion => {
  const schema = v.schema?.openAPIV3Schema
  return schema ? assignSame(v, { schema: assignSame(v.schema!, { openAPIV3Schema: decodedSchema(schema) }) }) : v
}

const EMPTY_NAMES: CrdNames = { plural: '', kind: '' }

/** The status of a new definition: nothing accepted yet, one version stored. */
const firstStatus = (spec: CrdSpec): CrdStatus => {
  const storage = spec.versions?.find((v) => v.storage)
  return { conditions: null, acceptedNames: EMPTY_NAMES, storedVersions: storage ? [storage.name] : null }
}

function stored(status: CrdStatus | undefined, spec: CrdSpec): CrdStatus {
  const storage = spec.versions?.find((v) => v.storage)?.name
  const list = status?.storedVersions ?? []
  return storage === undefined || list.includes(storage) ? (status ?? {}) : { ...status, storedVersions: [...list, storage] }
}

/** Formats that the server does not know, in the order in which it meets them. */
function unknownFormats(crd: CustomResourceDefinition | undefined): readonly string[] {
  if (!crd) return []
  const out: string[] = []
  const h = hoisted(crd.spec)
  for (const schema of [h.schema, ...h.versions.map((v) => v.schema)]) {
    someSchema(schema?.openAPIV3Schema, (s) => {
      if (unknownFormat(s.type, s.format)) out.push(s.format!)
      return false
    })
  }
  return out
}

/** apiextensions.k8s.io/v1 CustomResourceDefinition (registry/customresourcedefinition: strategy.go). */
export const customResourceDefinitionKind = defineKind<CustomResourceDefinition>('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', {
  unconditionalUpdate: false,
  defaults(crd) {
    const given = crd.spec
    return assignSame(crd, { spec: assignSame(given, { versions: given.versions && mapSame(given.versions, withSchema), names: withNames(given.names ?? EMPTY_NAMES), conversion: withConversion(given.conversion) }) })
  },
  prepareCreate: (crd) => withGeneration({ ...crd, status: firstStatus(crd.spec) }, 1),
  prepareUpdate(crd, old) {
    const next = assignSame(crd, { status: stored(old.status, crd.spec) })
    const same = deepEqual(next.spec, old.spec)
    return withGeneration(next, (old.metadata.generation ?? 0) + (same ? 0 : 1))
  },
  validate: validateCrd,
  validateUpdate: validateCrdUpdate,
  validateStatusUpdate: validateCrdStatus,
  warnings(crd, old) {
    const had = new Set(unknownFormats(old))
    return unknownFormats(crd).filter((f) => !had.has(f)).map((f) => `unrecognized format "${f}"`)
  },
  columns: [nameColumn, textColumn('Created At', (c) => c.metadata.creationTimestamp ?? '')],
})
