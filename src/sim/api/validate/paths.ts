import { invalidValue, type Path } from '../field.ts'
import type { Errors } from './simple.ts'

/** core/validation: validatePathNoBacksteps. */
export function noBacksteps(target: string, path: Path, out: Errors): void {
  if (target.split('/').includes('..')) out.push(invalidValue(path, target, "must not contain '..'"))
}

/** A relative path that does not climb (validateLocalDescendingPath). */
export function descendingPath(target: string, path: Path, out: Errors): void {
  if (target.startsWith('/')) out.push(invalidValue(path, target, 'must be a relative path'))
  noBacksteps(target, path, out)
}

/** A descending path that does not start with '..' (ValidateLocalNonReservedPath). */
export function nonReservedPath(target: string, path: Path, out: Errors): void {
  descendingPath(target, path, out)
  if (target.startsWith('..') && !target.startsWith('../')) out.push(invalidValue(path, target, "must not start with '..'"))
}

/** File permission bits between 0 and 0777. */
export function fileMode(mode: number | undefined, path: Path, out: Errors): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) out.push(invalidValue(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive'))
}
