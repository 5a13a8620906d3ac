import type { JsonValue } from '../../api/meta.ts'
import { ROOT_CA_BUNDLE } from '../../api/root-ca.ts'
import type { WebhookAnswer } from '../../apiserver/admission/webhooks/calling.ts'
import type { Micros } from '../../engine/time.ts'
import { failed } from '../linux/errno.ts'
import { readFile } from '../linux/files.ts'
import { Kernel } from '../linux/kernel.ts'
import { listener } from '../linux/tools/net-tools.ts'
import { answerByRules } from '../webhook-rules.ts'
import { machineNow, settingOf } from './linux.ts'
import { podAt } from './network.ts'
import type { KubeletWorld } from './world.ts'

const RULES = '/etc/webhook/rules.yaml'
const CERTIFICATE = '/etc/webhook/certs/tls.crt'

export interface WebhookQuestion {
  readonly ip: string
  readonly port: number
  readonly path: string
  readonly review: JsonValue
  readonly now: Micros
}

/**
 * What the process that listens at a pod's port answers to an AdmissionReview; undefined where it speaks no TLS. It goes by the rules in a file of
 * its container; without a certificate in its files it shows one of the cluster's own authority.
 */
export function webhookAnswer(world: KubeletWorld, { ip, port, path, review, now }: WebhookQuestion): WebhookAnswer | undefined {
  const row = podAt(world, ip)
  const machine = row && machineNow(world, row, now)
  if (!machine) return undefined
  const kernel = new Kernel(machine, settingOf(world, row!))
  const task = listener(kernel, port)
  if (task?.program.kind !== 'tool' || (task.program.state as { readonly tls?: boolean } | undefined)?.tls !== true) return undefined
  const files = kernel.files(task)
  const [rules, chain] = [readFile(files, RULES), readFile(files, CERTIFICATE)]
  const said = failed(rules) ? { code: 500, body: `open ${RULES}: no such file or directory`, after: 0 } : answerByRules(rules, path, review)
  return { ...said, chain: failed(chain) ? ROOT_CA_BUNDLE : chain }
}
