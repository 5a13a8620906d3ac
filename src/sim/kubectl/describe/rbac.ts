import type { KubeObject } from '../../api/meta.ts'
import { compacted, type Rule } from '../rbac-rules.ts'
import { resourceGroupText } from '../rule-text.ts'
import type { Describer } from './generic.ts'
import { annotationLines, labelLines } from './texts.ts'

const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
const head = ({ metadata }: KubeObject): string => `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}`

/** kubectl: describe.go, RoleDescriber and ClusterRoleDescriber. */
export const describeRole: Describer = (_ctx, object) => {
  const { rules } = object as KubeObject & { readonly rules?: readonly Rule[] | null }
  const rows = compacted(rules ?? []).map((r) => `  ${resourceGroupText(r.resources, r.apiGroups)}\t${list(r.nonResourceURLs)}\t${list(r.resourceNames)}\t${list(r.verbs)}\n`)
  const table = `  Resources\tNon-Resource URLs\tResource Names\tVerbs\n  ---------\t-----------------\t--------------\t-----\n${rows.join('')}`
  return { text: `${head(object)}PolicyRule:\n${table}`, events: false }
}

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[]
}

export const describeBinding: Describer = (_ctx, object) => {
  const { roleRef, subjects = [] } = object as Binding
  const rows = subjects.map((s) => `  ${s.kind}\t${s.name}\t${s.namespace ?? ''}\n`).join('')
  return { text: `${head(object)}Role:\n  Kind:\t${roleRef.kind}\n  Name:\t${roleRef.name}\nSubjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------\n${rows}`, events: false }
}
