/** The schema of a component's configuration file, chosen inside a document by apiVersion and kind. */
export interface ComponentSchema {
  readonly apiVersion: string
  readonly kind: string
  readonly schema: object
}

let provide: (schemas: readonly ComponentSchema[]) => void = () => undefined

/** Comes when the page knows them; the editor starts without. */
export const componentSchemas = new Promise<readonly ComponentSchema[]>((resolve) => {
  provide = resolve
})

export const provideComponentSchemas = (schemas: readonly ComponentSchema[]): void => provide(schemas)

interface DocumentSchema {
  readonly properties: { readonly apiVersion: { readonly enum: readonly string[] }; readonly kind: { readonly enum: readonly string[] } }
  readonly allOf: readonly object[]
}

/** The schema of one YAML document that may be an API object or one of these files. */
export function withComponents(schema: object, components: readonly ComponentSchema[]): object {
  const { properties, allOf } = schema as DocumentSchema
  const also = <K extends 'apiVersion' | 'kind'>(field: K): object => ({ ...properties[field], enum: [...properties[field].enum, ...components.map((one) => one[field])] })
  const cases = components.map(({ apiVersion, kind, schema: then }) => ({ if: { properties: { apiVersion: { const: apiVersion }, kind: { const: kind } }, required: ['apiVersion', 'kind'] }, then }))
  return { ...schema, properties: { ...properties, apiVersion: also('apiVersion'), kind: also('kind') }, allOf: [...allOf, ...cases] }
}
