import { forbidden, notFound } from '../../api/status.ts'
import type { AdmissionPlugin } from './plugin.ts'

/** Nothing is created in a namespace that is not there or is on its way out (plugin/pkg/admission: namespace/lifecycle). */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit(exec, object, old) {
    if (!exec.namespace || old) return object
    const namespace = exec.store.get(`namespaces/${exec.namespace}`)
    if (!namespace) return notFound({ group: '', resource: 'namespaces' }, exec.namespace)
    if (!namespace.metadata.deletionTimestamp) return object
    const why = `unable to create new content in namespace ${exec.namespace} because it is being terminated`
    return forbidden({ group: exec.kind.group, resource: exec.kind.plural }, object.metadata.name || object.metadata.generateName || '', why, [
      { reason: 'NamespaceTerminating', message: `namespace ${exec.namespace} is being terminated`, field: 'metadata.namespace' },
    ])
  },
}
