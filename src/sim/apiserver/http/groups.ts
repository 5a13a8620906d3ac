import { resources, type ResourceSchema } from '../../api/schema/schema.ts'

/** A resource as routing and discovery see it; `custom` ones come from CustomResourceDefinitions. */
export interface ServedResource extends ResourceSchema {
  readonly custom?: boolean
}

const builtIn = new Map<string, ServedResource>()
const groupNames = new Set<string>()
for (const resource of resources()) {
  builtIn.set(`${resource.group}/${resource.version}/${resource.plural}`, resource)
  groupNames.add(resource.group)
}

/** What is served, by group, version and plural. */
export class ServedGroups {
  has(group: string): boolean {
    return groupNames.has(group)
  }

  resource(group: string, version: string, plural: string): ServedResource | undefined {
    return builtIn.get(`${group}/${version}/${plural}`)
  }
}
