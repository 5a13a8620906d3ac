import { defaultWebhooks, validateWebhooks, validateWebhooksUpdate } from '../admission-webhooks.ts'
import type { WebhookConfiguration } from '../admission-types.ts'
import { ageColumn, countColumn, defineKind, nameColumn } from '../define.ts'

/** admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration (registry/admissionregistration: strategy.go). */
export const validatingWebhookConfigurationKind = defineKind<WebhookConfiguration>('admissionregistration.k8s.io', 'v1', 'ValidatingWebhookConfiguration', {
  generation: true,
  defaults: (configuration) => defaultWebhooks(configuration, false),
  validate: (configuration) => validateWebhooks(configuration),
  validateUpdate: validateWebhooksUpdate,
  columns: [nameColumn, countColumn('Webhooks', ({ webhooks }) => webhooks?.length ?? 0), ageColumn],
})
