import { child, forbiddenField, invalidValue, required, tooLong, type FieldError, type Path } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Subdomain, mustBeBetween } from '../../api/names.ts'
import { named } from '../../api/validate/simple.ts'
import { persistentVolumeSpec } from '../../api/validate/persistent-spec.ts'
import { csiDriverName } from '../../api/validate/storage-names.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { VolumeAttachment, VolumeAttachmentSpec, VolumeError } from './volumeattachment.ts'

const MOST_METADATA = 256 * 1024

function source(s: VolumeAttachmentSpec['source'], path: Path, out: FieldError[]): void {
  const { persistentVolumeName: name, inlineVolumeSpec: inline } = s
  if (name === undefined && !inline) out.push(required(path, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'))
  else if (name !== undefined && inline) out.push(forbiddenField(path, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'))
  else if (name === '') out.push(required(child(path, 'persistentVolumeName'), 'must specify non empty persistentVolumeName'))
  else if (inline) persistentVolumeSpec(inline, child(path, 'inlineVolumeSpec'), { name: '', inline: true }, out)
}

function problem(e: VolumeError | undefined, path: Path, out: FieldError[]): void {
  if ((e?.message ?? '').length > 1024) out.push(tooLong(child(path, 'message'), MOST_METADATA))
  if (e?.errorCode !== undefined && e.errorCode < 0) out.push(invalidValue(child(path, 'errorCode'), e.errorCode, mustBeBetween(0, 2_147_483_647)))
}

/** storage/validation: ValidateVolumeAttachment. */
function validate(a: VolumeAttachment): FieldError[] {
  const out: FieldError[] = []
  const { spec, status } = a
  csiDriverName(spec.attacher, 'spec.attacher', out)
  source(spec.source ?? {}, 'spec.source', out)
  named(isDns1123Subdomain, spec.nodeName ?? '', 'spec.nodeName', out)
  const metadata = status?.attachmentMetadata ?? {}
  let size = 0
  for (const key in metadata) size += key.length + metadata[key]!.length
  if (size > MOST_METADATA) out.push(tooLong('status.attachmentMetadata', MOST_METADATA))
  problem(status?.attachError, 'status.attachError', out)
  problem(status?.detachError, 'status.detachError', out)
  const name = spec.source?.persistentVolumeName
  if (name !== undefined) named(isDns1123Subdomain, name, 'spec.source.persistentVolumeName', out)
  return out
}

function validateUpdate(a: VolumeAttachment, old: VolumeAttachment): readonly FieldError[] {
  const out = validate(a)
  if (!goEqual('storage.VolumeAttachmentSpec', a.spec, old.spec)) out.push(invalidValue('spec', goInternal('storage.VolumeAttachmentSpec', a.spec), 'field is immutable'))
  return out
}

/** storage.k8s.io/v1 VolumeAttachment (registry/storage/volumeattachment: strategy.go). */
export const volumeAttachmentKind = defineKind<VolumeAttachment>('storage.k8s.io', 'v1', 'VolumeAttachment', {
  unconditionalUpdate: false,
  prepareCreate: (a) => ({ ...a, status: { attached: false } }),
  validate,
  validateUpdate,
  validateStatusUpdate: validateUpdate,
  columns: [
    nameColumn,
    { ...textColumn<VolumeAttachment>('Attacher', (a) => a.spec.attacher), format: 'name' },
    textColumn('PV', (a) => a.spec.source.persistentVolumeName ?? ''),
    textColumn('Node', (a) => a.spec.nodeName),
    { name: 'Attached', type: 'boolean', cell: (a: VolumeAttachment) => a.status?.attached ?? false },
    ageColumn,
  ],
})
