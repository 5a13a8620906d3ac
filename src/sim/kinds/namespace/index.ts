import { isDns1123Label } from '../../api/names.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { Namespace } from './namespace.ts'
import { validateNamespace, validateNamespaceStatus } from './validate.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'
const FINALIZER = 'kubernetes'

/** v1 Namespace (registry/core/namespace: strategy.go). */
export const namespaceKind = defineKind<Namespace>('', 'v1', 'Namespace', {
  name: isDns1123Label,
  defaults(ns) {
    const { name, labels } = ns.metadata
    if (!name || labels?.[NAME_LABEL] === name) return ns
    return { ...ns, metadata: { ...ns.metadata, labels: { ...labels, [NAME_LABEL]: name } } }
  },
  prepareCreate(ns) {
    const had = ns.spec?.finalizers ?? []
    const finalizers = had.includes(FINALIZER) ? had : [...had, FINALIZER]
    return { ...ns, spec: { ...ns.spec, finalizers }, status: { phase: 'Active' } }
  },
  prepareUpdate: (ns, old) => assignSame(ns, { spec: assignSame(ns.spec ?? {}, { finalizers: old.spec?.finalizers }) }),
  validate: validateNamespace,
  recheck: validateNamespace,
  validateUpdate: () => [],
  validateStatusUpdate: validateNamespaceStatus,
  columns: [nameColumn, textColumn('Status', (ns) => ns.status?.phase ?? ''), ageColumn],
  selectableFields: (ns) => ({ name: ns.metadata.name, 'status.phase': ns.status?.phase ?? '' }),
})
