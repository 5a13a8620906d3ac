import { describe, expect, it } from 'vitest'
import { compile, isFailure } from './program.ts'
import { escapedProperty, schemaType } from './schema-types.ts'
import { typeText } from './types.ts'

describe('properties in expressions', () => {
  it.each([
    ['plain', 'plain'], ['namespace', '__namespace__'], ['a-b', 'a__dash__b'], ['a.b/c', 'a__dot__b__slash__c'], ['a__b', 'a__underscores__b'], ['a_b', 'a_b'], ['1a', undefined], ['', undefined], ['a b', undefined],
  ])('%s is called %s', (name, wanted) => expect(escapedProperty(name)).toBe(wanted))
})

describe('types of schemas', () => {
  it('follow the schema', () => {
    const text = (schema: object): string | undefined => {
      const type = schemaType(schema)
      return type && typeText(type)
    }
    expect(text({ type: 'array', items: { type: 'string', format: 'date-time' } })).toBe('list(google.protobuf.Timestamp)')
    expect(text({ type: 'object', additionalProperties: { type: 'integer' } })).toBe('map(string, int)')
    expect(text({ 'x-kubernetes-int-or-string': true })).toBe('dyn')
    expect(text({ type: 'array' })).toBeUndefined()
    expect(text({ 'x-kubernetes-preserve-unknown-fields': true })).toBeUndefined()
  })

  it('let rules name what the schema has, and nothing else', () => {
    const self = schemaType({ type: 'object', properties: { 'a-b': { type: 'integer' }, any: { 'x-kubernetes-preserve-unknown-fields': true } } }, true)!
    const problem = (source: string): string | undefined => {
      const compiled = compile(source, { variables: { self } })
      return isFailure(compiled) ? compiled.error : undefined
    }
    expect(problem('self.a__dash__b > 1 && self.metadata.name != ""')).toBeUndefined()
    expect(problem('self.any == 1')).toContain("undefined field 'any'")
    expect(problem('self.metadata.labels == {}')).toContain("undefined field 'labels'")
    expect(problem('self.a__dash__b == "x"')).toContain('found no matching overload')
  })
})
