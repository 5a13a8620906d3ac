import { child, invalidValue, required, type Path } from '../field.ts'
import type { DownwardAPIVolumeFile, KeyToPath } from '../volume.ts'
import { objectField, resourceField, VOLUME_FIELDS } from './env.ts'
import { fileMode, nonReservedPath } from './paths.ts'
import type { Errors } from './simple.ts'

/** core/validation: validateKeyToPath. */
export function keyToPath(k: KeyToPath, path: Path, out: Errors): void {
  if (!k.key) out.push(required(child(path, 'key')))
  if (!k.path) out.push(required(child(path, 'path')))
  nonReservedPath(k.path ?? '', child(path, 'path'), out)
  fileMode(k.mode, child(path, 'mode'), out)
}

/** core/validation: validateDownwardAPIVolumeFile. */
export function downwardFile(f: DownwardAPIVolumeFile, path: Path, out: Errors): void {
  if (!f.path) out.push(required(child(path, 'path')))
  nonReservedPath(f.path ?? '', child(path, 'path'), out)
  if (f.fieldRef) {
    objectField(f.fieldRef, VOLUME_FIELDS, child(path, 'fieldRef'), out)
    if (f.resourceFieldRef) out.push(invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (f.resourceFieldRef) resourceField(f.resourceFieldRef, true, child(path, 'resourceFieldRef'), out)
  else out.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  fileMode(f.mode, child(path, 'mode'), out)
}
