import type { KubeObject, StringMap } from '../../api/meta.ts'
import { at, duplicate, invalidValue, required, type FieldError } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Label } from '../../api/names.ts'
import type { ResourceList } from '../../api/quantity.ts'
import type { Toleration } from '../../api/scheduling.ts'
import { FIELD_IMMUTABLE, validateLabels } from '../../api/validate-meta.ts'
import { tolerations } from '../../api/validate/affinity.ts'
import { deprecatedNodeLabel } from '../../api/validate/node-labels.ts'
import { resourceRequirements } from '../../api/validate/resources.ts'
import { named } from '../../api/validate/simple.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** node.k8s.io/v1 RuntimeClass. */
export interface RuntimeClass extends KubeObject {
  readonly handler: string
  readonly overhead?: { readonly podFixed?: ResourceList }
  readonly scheduling?: { readonly nodeSelector?: StringMap; readonly tolerations?: readonly Toleration[] }
}

function uniqueTolerations(list: readonly Toleration[] | undefined, out: FieldError[]): void {
  const path = 'scheduling.tolerations'
  tolerations(list, path, out)
  const seen = new Set<string>()
  list?.forEach((t, i) => {
    const id = JSON.stringify([t.key ?? '', t.operator ?? '', t.value ?? '', t.effect ?? ''])
    if (seen.has(id)) out.push(duplicate(at(path, i), goInternal('core.Toleration', t)))
    seen.add(id)
  })
}

/** node/validation: ValidateRuntimeClass. */
function validate(rc: RuntimeClass): readonly FieldError[] {
  const out: FieldError[] = []
  if (!rc.handler) out.push(required('handler'))
  else named(isDns1123Label, rc.handler, 'handler', out)
  if (rc.overhead) resourceRequirements({ limits: rc.overhead.podFixed }, new Set(), 'overhead', out)
  if (!rc.scheduling) return out
  validateLabels(rc.scheduling.nodeSelector, 'scheduling.nodeSelector', out)
  uniqueTolerations(rc.scheduling.tolerations, out)
  return out
}

/** pkg/api/node: GetWarningsForRuntimeClass. */
function warnings(rc: RuntimeClass): readonly string[] {
  const out: string[] = []
  for (const key of Object.keys(rc.scheduling?.nodeSelector ?? {}).sort()) {
    const text = deprecatedNodeLabel(key)
    if (text) out.push(`scheduling.nodeSelector: ${text}`)
  }
  return out
}

/** node.k8s.io/v1 RuntimeClass (registry/node/runtimeclass: strategy.go). */
export const runtimeClassKind = defineKind<RuntimeClass>('node.k8s.io', 'v1', 'RuntimeClass', {
  validate,
  recheck: validate,
  validateUpdate: (rc, old) => ((rc.handler ?? '') === (old.handler ?? '') ? [] : [invalidValue('handler', rc.handler ?? '', FIELD_IMMUTABLE)]),
  warnings,
  columns: [nameColumn, textColumn('Handler', (rc) => rc.handler), ageColumn],
})
