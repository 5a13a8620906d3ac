import { at, invalidValue, type FieldError, type Path } from './field.ts'
import { isQualifiedName } from './names.ts'

const STANDARD: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** core/validation: ValidateFinalizerName. A finalizer has a domain unless it is one of Kubernetes' own. */
export function finalizerName(name: string, path: Path, out: FieldError[]): void {
  for (const m of isQualifiedName(name)) out.push(invalidValue(path, name, m))
  if (!name.includes('/') && !STANDARD.has(name)) out.push(invalidValue(path, name, 'name is neither a standard finalizer name nor is it fully qualified'))
}

/** The second half of it, for the finalizers of the metadata. */
export function finalizerDomains(finalizers: readonly string[] | undefined, path: Path, out: FieldError[]): void {
  finalizers?.forEach((f, i) => {
    if (!f.includes('/') && !STANDARD.has(f)) out.push(invalidValue(at(path, i), f, 'name is neither a standard finalizer name nor is it fully qualified'))
  })
}
