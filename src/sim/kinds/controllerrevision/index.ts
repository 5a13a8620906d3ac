import { controllerOf, splitApiVersion } from '../../api/meta.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { ControllerRevision } from './controllerrevision.ts'
import { validateControllerRevision, validateControllerRevisionUpdate } from './validate.ts'

function controllerText(r: ControllerRevision): string {
  const owner = controllerOf(r)
  if (!owner) return '<none>'
  const { group } = splitApiVersion(owner.apiVersion)
  return `${owner.kind.toLowerCase()}${group ? `.${group}` : ''}/${owner.name}`
}

/** apps/v1 ControllerRevision (registry/apps/controllerrevision: strategy.go). */
export const controllerRevisionKind = defineKind<ControllerRevision>('apps', 'v1', 'ControllerRevision', {
  validate: validateControllerRevision,
  validateUpdate: validateControllerRevisionUpdate,
  columns: [nameColumn, textColumn('Controller', controllerText), countColumn('Revision', (r) => r.revision), ageColumn],
})
