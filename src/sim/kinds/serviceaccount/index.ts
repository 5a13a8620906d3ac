import { ageColumn, defineKind, nameColumn } from '../define.ts'
import type { ServiceAccount } from './serviceaccount.ts'

/** Only the names of secrets are kept (registry/core/serviceaccount: cleanSecretReferences). */
function cleanSecrets(sa: ServiceAccount): ServiceAccount {
  const secrets = sa.secrets
  if (!secrets || secrets.every((s) => Object.keys(s).every((k) => k === 'name'))) return sa
  return { ...sa, secrets: secrets.map((s) => (s.name ? { name: s.name } : {})) }
}

const ENFORCE = 'kubernetes.io/enforce-mountable-secrets'

/** v1 ServiceAccount (registry/core/serviceaccount: strategy.go). */
export const serviceAccountKind = defineKind<ServiceAccount>('', 'v1', 'ServiceAccount', {
  rechecksMeta: true,
  prepareCreate: cleanSecrets,
  prepareUpdate: cleanSecrets,
  warnings: (sa, old) =>
    sa.metadata.annotations?.[ENFORCE] === 'true' && old?.metadata.annotations?.[ENFORCE] !== 'true'
      ? [`metadata.annotations[${ENFORCE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`]
      : [],
  columns: [nameColumn, ageColumn],
})
