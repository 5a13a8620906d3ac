import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fileSchemas } from '../../sim/index.ts'
import { withComponents } from './component-schemas.ts'

const SCHEMA = JSON.parse(readFileSync(new URL('../../../public/schema/k8s.json', import.meta.url), 'utf8')) as object

test('documents may be files of components, chosen by apiVersion and kind, and API objects as before', () => {
  const whole = withComponents(SCHEMA, fileSchemas()) as { properties: { kind: { enum: string[] } }; allOf: { if: { properties: { kind: { const: string } } }; then: { properties?: object } }[] }
  expect(whole.properties.kind.enum).toEqual(expect.arrayContaining(['Deployment', 'KubeletConfiguration']))
  const chosen = whole.allOf.find((one) => one.if.properties.kind.const === 'KubeletConfiguration')
  expect(chosen?.then.properties).toMatchObject({ syncFrequency: { type: 'string' }, crashLoopBackOff: { properties: { maxContainerRestartPeriod: { type: 'string' } } } })
  expect(whole.allOf.filter((one) => one.if.properties.kind.const === 'Pod')).toHaveLength(1)
})
