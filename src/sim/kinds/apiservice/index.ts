import { base64Length } from '../../api/base64.ts'
import { goQuote, invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import type { Condition, KubeObject } from '../../api/meta.ts'
import { isDns1035Label, isDns1123Subdomain, isPathSegmentName } from '../../api/names.ts'
import { assignSame } from '../../api/share.ts'
import { named } from '../../api/validate/simple.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

export interface ApiServiceSpec {
  readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number }
  readonly group?: string
  readonly version?: string
  readonly insecureSkipTLSVerify?: boolean
  readonly caBundle?: string
  readonly groupPriorityMinimum?: number
  readonly versionPriority?: number
}

/** apiregistration.k8s.io/v1 APIService: who serves a group at a version. */
export interface ApiService extends KubeObject<ApiServiceSpec, { readonly conditions?: readonly Condition[] }> {
  readonly spec: ApiServiceSpec
}

const outside = (n: number, most: number): boolean => n <= 0 || n > most

function backend({ service, caBundle = '', insecureSkipTLSVerify: insecure = false }: ApiServiceSpec, out: FieldError[]): void {
  if (!service) {
    if (caBundle) out.push(invalidValue('spec.caBundle', `${base64Length(caBundle)} bytes`, 'local APIServices may not have a caBundle'))
    if (insecure) out.push(invalidValue('spec.insecureSkipTLSVerify', insecure, 'local APIServices may not have insecureSkipTLSVerify'))
    return
  }
  const port = service.port ?? 0
  if (!service.namespace) out.push(required('spec.service.namespace'))
  if (!service.name) out.push(required('spec.service.name'))
  if (outside(port, 65535)) out.push(invalidValue('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive'))
  if (insecure && caBundle) out.push(invalidValue('spec.insecureSkipTLSVerify', insecure, 'may not be true if caBundle is present'))
}

/** kube-aggregator: ValidateAPIService. */
function validate({ metadata, spec }: ApiService): readonly FieldError[] {
  const out: FieldError[] = []
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec
  const wanted = `${version}.${group}`
  if (metadata.name && metadata.name !== wanted && isPathSegmentName(metadata.name).length === 0) {
    out.push(invalidValue('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${goQuote(wanted)}`))
  }
  if (!group && version !== 'v1') out.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  if (group) named(isDns1123Subdomain, group, 'spec.group', out)
  named(isDns1035Label, version, 'spec.version', out)
  if (outside(groupPriorityMinimum, 20000)) out.push(invalidValue('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'))
  if (outside(versionPriority, 1000)) out.push(invalidValue('spec.versionPriority', versionPriority, 'must be positive and less than 1000'))
  backend(spec, out)
  return out
}

const STATUSES = ['True', 'False', 'Unknown']
const local = (s: ApiService): Condition => ({
  type: 'Available',
  status: 'True',
  lastTransitionTime: s.metadata.creationTimestamp,
  reason: 'Local',
  message: 'Local APIServices are always available',
})

const available = (s: ApiService): string => {
  const found = s.status?.conditions?.find((c) => c.type === 'Available')
  if (!found) return 'Unknown'
  return found.status === 'True' ? 'True' : `${found.status} (${found.reason ?? ''})`
}

/** apiregistration.k8s.io/v1 APIService (kube-aggregator: registry/apiservice: strategy.go). */
export const apiServiceKind = defineKind<ApiService>('apiregistration.k8s.io', 'v1', 'APIService', {
  name: isPathSegmentName,
  unconditionalUpdate: false,
  defaults: (s) => assignSame(s, { spec: assignSame(s.spec ?? {}, { service: s.spec?.service && assignSame(s.spec.service, { port: s.spec.service.port ?? 443 }) }) }),
  prepareCreate: (s) => (s.spec.service ? { ...s, status: {} } : { ...s, status: { conditions: [local(s)] } }),
  prepareStatusUpdate: (s, old) => ({ ...old, metadata: { ...old.metadata, managedFields: s.metadata.managedFields, resourceVersion: s.metadata.resourceVersion }, status: s.status }),
  validate,
  validateStatusUpdate: (s) =>
    (s.status?.conditions ?? []).flatMap((c, i) => (STATUSES.includes(c.status) ? [] : [notSupported(`status.conditions[${i}].status`, c.status, STATUSES)])),
  rechecksMeta: true,
  columns: [
    nameColumn,
    textColumn('Service', (s) => (s.spec.service ? `${s.spec.service.namespace}/${s.spec.service.name}` : 'Local')),
    textColumn('Available', available),
    ageColumn,
  ],
}, false)
