import { goEqual } from '../../api/go-equal.ts'
import { assignSame } from '../../api/share.ts'
import { flowConditions } from '../../api/validate/flow-conditions.ts'
import type { FieldError } from '../../api/field.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { FlowSchema } from './flowschema.ts'
import { validateFlowSchema } from './validate.ts'

/** flowcontrol.apiserver.k8s.io/v1 FlowSchema (registry/flowcontrol/flowschema: strategy.go). */
export const flowSchemaKind = defineKind<FlowSchema>('flowcontrol.apiserver.k8s.io', 'v1', 'FlowSchema', {
  generation: true,
  defaults: (f) => assignSame(f, { spec: assignSame(f.spec ?? {}, { matchingPrecedence: f.spec?.matchingPrecedence || 1000 }) }),
  prepareCreate: (f) => ({ ...f, status: {} }),
  prepareUpdate: (f, old) => withGeneration(f, (old.metadata.generation ?? 0) + (goEqual('flowcontrol.FlowSchemaSpec', f.spec, old.spec) ? 0 : 1)),
  prepareStatusUpdate: (f, old) => ({ ...old, metadata: { ...old.metadata, managedFields: f.metadata.managedFields, resourceVersion: f.metadata.resourceVersion }, status: f.status }),
  validate: validateFlowSchema,
  validateStatusUpdate(f) {
    const out: FieldError[] = []
    flowConditions(f.status?.conditions, 'status.conditions', out)
    return out
  },
  // In the order in which requests are matched against them.
  rowOrder: (a, b) => (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1),
  columns: [
    nameColumn,
    textColumn('PriorityLevel', (f) => f.spec.priorityLevelConfiguration?.name ?? ''),
    { name: 'MatchingPrecedence', type: 'string', cell: (f: FlowSchema) => f.spec.matchingPrecedence ?? 0 },
    textColumn('DistinguisherMethod', (f) => f.spec.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    textColumn('MissingPL', (f) => f.status?.conditions?.find((c) => c.type === 'Dangling')?.status ?? '?'),
  ],
}, false)
