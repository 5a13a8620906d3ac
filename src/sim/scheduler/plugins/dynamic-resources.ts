import type { Plugin } from '../plugin.ts'
import { failure } from '../rejection.ts'

const NAME = 'DynamicResources'
const REFUSED = failure(NAME, 'resource claims are not modelled: dynamic resource allocation cannot be simulated')

/** What its PostFilter says of a pod without claims; it stands in every message of a failed preemption. */
export const NO_CLAIMS = 'no new claims to deallocate'

const NOTHING = { constant: 0 }

/** Dynamic resource allocation: pods with claims are refused with a message; all others score 0 (plugins/dynamicresources). */
export const dynamicResources: Plugin = {
  name: NAME,
  preFilter: ({ pod }) => (pod.spec.resourceClaims?.length ? REFUSED : undefined),
  preScore: () => NOTHING,
}
