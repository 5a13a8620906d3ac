import { gvkOf, type KubeObject } from '../api/meta.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { discovery } from './discovery.ts'
import { fail } from './failure.ts'

export { objectName } from './resources.ts'

/** The definition of an object's kind. */
export const kindByObject = (object: KubeObject): KindDefinition => discovery.kindFor(gvkOf(object)) ?? fail(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`)
