import type { FieldError } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { assignSame } from '../../api/share.ts'
import { flowConditions } from '../../api/validate/flow-conditions.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { Cell, Column } from '../definition.ts'
import type { LimitedLevel, PriorityLevelConfiguration } from './prioritylevelconfiguration.ts'
import { validatePriorityLevel } from './validate.ts'

function defaultLimited(l: LimitedLevel): LimitedLevel {
  const q = l.limitResponse?.queuing
  const queuing = q && assignSame(q, { handSize: q.handSize || 8, queues: q.queues || 64, queueLengthLimit: q.queueLengthLimit || 50 })
  return assignSame(l, {
    nominalConcurrencyShares: l.nominalConcurrencyShares ?? 30,
    lendablePercent: l.lendablePercent ?? 0,
    limitResponse: l.limitResponse && assignSame(l.limitResponse, { queuing }),
  })
}

type Level = PriorityLevelConfiguration
const either = (name: string, cell: (l: LimitedLevel) => Cell | undefined): Column<Level> => ({
  name,
  type: 'string',
  cell: (p) => (p.spec.limited ? (cell(p.spec.limited) ?? '<none>') : '<none>'),
})
const queuing = (l: LimitedLevel) => l.limitResponse?.queuing

/** flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration (registry/flowcontrol/prioritylevelconfiguration: strategy.go). */
export const priorityLevelConfigurationKind = defineKind<Level>('flowcontrol.apiserver.k8s.io', 'v1', 'PriorityLevelConfiguration', {
  generation: true,
  defaults(p) {
    const s = p.spec ?? {}
    const exempt = s.exempt && assignSame(s.exempt, { nominalConcurrencyShares: s.exempt.nominalConcurrencyShares ?? 0, lendablePercent: s.exempt.lendablePercent ?? 0 })
    return assignSame(p, { spec: assignSame(s, { limited: s.limited && defaultLimited(s.limited), exempt }) })
  },
  prepareCreate: (p) => ({ ...p, status: {} }),
  prepareUpdate: (p, old) => withGeneration(p, (old.metadata.generation ?? 0) + (goEqual('flowcontrol.PriorityLevelConfigurationSpec', p.spec, old.spec) ? 0 : 1)),
  prepareStatusUpdate: (p, old) => ({ ...old, metadata: { ...old.metadata, managedFields: p.metadata.managedFields, resourceVersion: p.metadata.resourceVersion }, status: p.status }),
  validate: validatePriorityLevel,
  validateStatusUpdate(p) {
    const out: FieldError[] = []
    flowConditions(p.status?.conditions, 'status.conditions', out)
    return out
  },
  columns: [
    nameColumn,
    textColumn('Type', (p) => p.spec.type ?? ''),
    either('NominalConcurrencyShares', (l) => l.nominalConcurrencyShares ?? 0),
    either('Queues', (l) => queuing(l)?.queues),
    either('HandSize', (l) => queuing(l)?.handSize),
    either('QueueLengthLimit', (l) => queuing(l)?.queueLengthLimit),
    ageColumn,
  ],
}, false)
