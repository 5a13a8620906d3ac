import type { FieldError } from '../../api/field.ts'
import { defaultTemplate } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { templateWarnings } from '../../api/validate/pod-warnings.ts'
import { podTemplate } from '../../api/validate/workload.ts'
import { defineKind, formatLabels, nameColumn, textColumn } from '../define.ts'
import type { PodTemplate } from './podtemplate.ts'

/** core/validation: ValidatePodTemplate and ValidatePodTemplateUpdate. */
function validate(t: PodTemplate): readonly FieldError[] {
  const out: FieldError[] = []
  podTemplate(t.template, 'template', out)
  return out
}

const containers = (t: PodTemplate) => t.template?.spec?.containers ?? []

/** v1 PodTemplate (registry/core/podtemplate: strategy.go). */
export const podTemplateKind = defineKind<PodTemplate>('', 'v1', 'PodTemplate', {
  generation: true,
  defaults: (t) => assignSame(t, { template: defaultTemplate(t.template ?? { spec: { containers: [] } }) }),
  validate,
  warnings: (t, old) => (old && old.metadata.generation === t.metadata.generation ? [] : templateWarnings(t.template, 'template', old?.template)),
  columns: [
    nameColumn,
    textColumn('Containers', (t) => containers(t).map((c) => c.name).join(',')),
    textColumn('Images', (t) => containers(t).map((c) => c.image ?? '').join(',')),
    textColumn('Pod Labels', (t) => formatLabels(t.template?.metadata?.labels)),
  ],
}, false)
