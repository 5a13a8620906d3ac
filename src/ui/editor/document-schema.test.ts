import { expect, test } from 'vitest'
import { documentSchema, editorDefinition } from './document-schema.ts'

const deployment = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { default: {}, allOf: [{ $ref: '#/components/schemas/meta.ObjectMeta' }] },
  },
  'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
}

test('references point into the document and a single allOf is unfolded', () => {
  expect(editorDefinition({ default: {}, allOf: [{ $ref: '#/components/schemas/a.B' }] })).toEqual({ $ref: '#/definitions/a.B' })
})

test('fields that Kubernetes does not know are refused, except where anything goes', () => {
  expect(editorDefinition({ type: 'object', properties: { a: { type: 'string' } } }).additionalProperties).toBe(false)
  expect(editorDefinition({ type: 'object', additionalProperties: { type: 'string' } }).additionalProperties).toEqual({ type: 'string' })
  const open = { type: 'object', properties: { a: {} }, 'x-kubernetes-preserve-unknown-fields': true }
  expect(editorDefinition(open).additionalProperties).toBeUndefined()
})

test('meaningful defaults stay and empty ones go', () => {
  expect(editorDefinition({ type: 'string', default: 'Always' }).default).toBe('Always')
  expect(editorDefinition({ type: 'string', default: '' })).toEqual({ type: 'string' })
})

test('a document is checked against the definition of its apiVersion and kind', () => {
  const schema = documentSchema({ 'io.k8s.api.apps.v1.Deployment': deployment })
  expect(schema.allOf).toEqual([
    {
      if: { required: ['apiVersion', 'kind'], properties: { apiVersion: { const: 'apps/v1' }, kind: { const: 'Deployment' } } },
      then: { $ref: '#/definitions/io.k8s.api.apps.v1.Deployment' },
    },
  ])
})

test('lists and options of the API are not offered as documents', () => {
  const list = { ...deployment, 'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'DeploymentList' }] }
  expect(documentSchema({ 'io.k8s.api.apps.v1.DeploymentList': list }).allOf).toEqual([])
})

test('quantities may be written as numbers', () => {
  const name = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
  const schema = documentSchema({ [name]: { type: 'string', description: 'q' } })
  expect(schema.definitions?.[name]?.anyOf).toEqual([{ type: 'string' }, { type: 'number' }])
})
