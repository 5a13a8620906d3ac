import { forbidden } from '../../api/status.ts'
import type { Service } from '../../kinds/service/service.ts'
import type { AdmissionPlugin } from './plugin.ts'

/** No Service may begin to use external addresses (plugin/pkg/admission/network: denyserviceexternalips). */
export const denyServiceExternalIps: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  optional: true,
  resources: ['services'],
  validate({ kind }, object, old) {
    const had = (old as Service | undefined)?.spec.externalIPs ?? []
    const wants = (object as Service).spec.externalIPs ?? []
    if (wants.every((ip) => had.includes(ip))) return undefined
    return forbidden({ group: kind.group, resource: kind.plural }, object.metadata.name, 'Use of external IPs is denied by admission control')
  },
}
