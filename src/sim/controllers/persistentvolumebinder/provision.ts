import { isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import { update } from '../../client/request.ts'
import { csiNameOf } from '../../client/storage/in-tree.ts'
import { BETA_PROVISIONER, CLAIMS, classOf, PROVISIONER, withAnnotations, type Claim, type StorageClass } from '../../client/storage/objects.ts'
import { ENABLE_DYNAMIC_PROVISIONING } from '../../flags/kube-controller-manager.ts'
import { CLAIM_MEMORY, save } from './memory.ts'
import { withMigration } from './migration.ts'
import { provisionerOf } from './plugins.ts'

/** Asks for a volume to be made by whoever the claim's class names (pv_controller.go: provisionClaim). */
export function provision(ctx: ControllerContext, claim: Claim): void {
  if (!ctx.flag(ENABLE_DYNAMIC_PROVISIONING)) return
  const fail = (message: string): void => ctx.event(claim, 'Warning', 'ProvisioningFailed', message)
  const name = classOf(claim)
  const cls = ctx.lister<StorageClass>('storageclasses').get(undefined, name)
  if (!cls) return fail(`storageclass.storage.k8s.io ${JSON.stringify(name)} not found`)
  const driver = csiNameOf(cls.provisioner)
  const found = driver ? 'external' : provisionerOf(cls.provisioner)
  if (found === 'external') return askDriver(ctx, claim, driver ?? cls.provisioner, cls.provisioner)
  if ('error' in found) return fail(found.error)
  if (claim.spec.dataSource) return fail(`plugin ${JSON.stringify(found.plugin)} is not a CSI plugin. Only CSI plugin can provision a claim with a datasource`)
  setProvisioner(ctx, claim, cls.provisioner)
  fail(`Failed to create provisioner: provisioning in volume plugin ${JSON.stringify(found.plugin)} is disabled`)
}

/** Leaves word for the external provisioner in annotations (provisionClaimOperationExternal). */
function askDriver(ctx: ControllerContext, claim: Claim, driver: string, inTree: string): void {
  let marked: Claim
  try {
    marked = setProvisioner(ctx, claim, driver)
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown
    ctx.event(claim, 'Warning', 'ProvisioningFailed', `Error saving claim: ${isStatus(thrown.why) ? (thrown.why.message ?? '') : thrown.message}`)
    throw thrown
  }
  if (driver !== inTree) ctx.note('volumes.migrates', { claim: claim.metadata.name, plugin: inTree, driver })
  else ctx.note('volumes.external', { claim: claim.metadata.name, driver })
  const message =
    `Waiting for a volume to be created either by the external provisioner '${driver}' or manually by the system administrator. ` +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  ctx.event(marked, 'Normal', 'ExternalProvisioning', message)
}

function setProvisioner(ctx: ControllerContext, claim: Claim, provisioner: string): Claim {
  if (claim.metadata.annotations?.[PROVISIONER] === provisioner) return claim
  const marked = withAnnotations(claim, { [BETA_PROVISIONER]: provisioner, [PROVISIONER]: provisioner })
  const annotations = withMigration(marked.metadata.annotations, provisioner)
  return save(ctx, CLAIM_MEMORY, update(CLAIMS, { ...marked, metadata: { ...marked.metadata, annotations } }))
}
