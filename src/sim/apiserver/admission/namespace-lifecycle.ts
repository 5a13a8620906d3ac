import { nameAsked } from '../../api/name-suffix.ts'
import { forbidden, notFound } from '../../api/status.ts'
import { namespaceKey } from '../keys.ts'
import type { AdmissionPlugin } from './plugin.ts'

/** Namespaces that may not be deleted. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

/**
 * Nothing is created in a namespace that is not there or is on its way out, and some namespaces stay for ever
 * (apiserver: pkg/admission/plugin/namespace/lifecycle).
 */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  subresources: ['*'],
  keepsValid: true,
  admit(exec, object, old) {
    if (!exec.namespace || old) return object
    const namespace = exec.store.get(namespaceKey(exec.namespace))
    if (!namespace) return notFound({ group: '', resource: 'namespaces' }, exec.namespace)
    if (!namespace.metadata.deletionTimestamp) return object
    const why = `unable to create new content in namespace ${exec.namespace} because it is being terminated`
    return forbidden({ group: exec.kind.group, resource: exec.kind.plural }, nameAsked(object.metadata), why, [
      { reason: 'NamespaceTerminating', message: `namespace ${exec.namespace} is being terminated`, field: 'metadata.namespace' },
    ])
  },
  refuseDeletion(exec, old) {
    if (exec.kind.plural !== 'namespaces' || !IMMORTAL.has(old.metadata.name)) return undefined
    return forbidden({ group: '', resource: 'namespaces' }, old.metadata.name, 'this namespace may not be deleted')
  },
}
