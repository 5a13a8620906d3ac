import type { JobSpec, PodFailurePolicy } from './job-spec.ts'
import { defaultTemplate } from './pod-defaults.ts'
import { assignSame, mapSame } from './share.ts'

function defaultFailurePolicy(policy: PodFailurePolicy | undefined): PodFailurePolicy | undefined {
  if (!policy?.rules) return policy
  const rules = mapSame(policy.rules, (r) =>
    assignSame(r, { onPodConditions: mapSame(r.onPodConditions, (p) => (p.status ? p : { ...p, status: 'True' as const })) }),
  )
  return assignSame(policy, { rules })
}

/** What holds for the spec of a Job and for that in a CronJob alike: the template and the failure policy. */
export const defaultJobTemplate = (s: JobSpec | undefined): JobSpec => {
  const given: JobSpec = s ?? { template: { spec: { containers: [] } } }
  return assignSame(given, { template: defaultTemplate(given.template ?? { spec: { containers: [] } }), podFailurePolicy: defaultFailurePolicy(given.podFailurePolicy) })
}
