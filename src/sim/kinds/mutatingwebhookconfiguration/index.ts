import { defaultWebhooks, validateWebhooks, validateWebhooksUpdate } from '../admission-webhooks.ts'
import type { WebhookConfiguration } from '../admission-types.ts'
import { ageColumn, countColumn, defineKind, nameColumn } from '../define.ts'

/** admissionregistration.k8s.io/v1 MutatingWebhookConfiguration (registry/admissionregistration: strategy.go). */
export const mutatingWebhookConfigurationKind = defineKind<WebhookConfiguration>('admissionregistration.k8s.io', 'v1', 'MutatingWebhookConfiguration', {
  generation: true,
  defaults: (configuration) => defaultWebhooks(configuration, true),
  validate: (configuration) => validateWebhooks(configuration),
  validateUpdate: validateWebhooksUpdate,
  columns: [nameColumn, countColumn('Webhooks', ({ webhooks }) => webhooks?.length ?? 0), ageColumn],
})
