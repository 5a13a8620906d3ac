import type { KindDefinition } from '../kinds/definition.ts'
import { discovery } from './discovery.ts'
import { fail } from './failure.ts'

/** Commands that work with kubectl's own Go types know no custom kinds. */
export function checkTyped(kind: KindDefinition): void {
  if (discovery.custom.some((k) => k.group === kind.group && k.plural === kind.plural))
    fail(`no kind ${JSON.stringify(kind.kind)} is registered for version "${kind.group}/${kind.version}" in scheme "k8s.io/kubectl/pkg/scheme/scheme.go:28"`)
}
