import type { KubeObject } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'

/** v1 PodTemplate. */
export interface PodTemplate extends KubeObject {
  readonly template: PodTemplateSpec
}
