import { describe, expect, it } from 'vitest'
import type { JsonValue, KubeObject } from '../meta.ts'
import { isStatus } from '../status.ts'
import { decode } from './decode.ts'
import { definition, definitionNames, fieldSchema, resources, schemaOf } from './schema.ts'
import { validateStructure } from './structure.ts'
import { suggest, suggestField } from './suggest.ts'

const pod = (spec: Record<string, unknown>): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
const refusal = (obj: KubeObject): string => {
  const answer = validateStructure(obj)
  if (!isStatus(answer)) throw new Error('accepted')
  return answer.message ?? ''
}

describe('the schema table', () => {
  it('reads every field of every definition', () => {
    for (const name of definitionNames()) {
      const def = definition(name)!
      for (const [key, field] of def.fields) {
        let node = field.type
        while (node.k === 'list' || node.k === 'map') node = node.of
        if (node.k === 'ref') expect(definition(node.ref), `${name}.${key}`).toBeDefined()
      }
    }
  })

  it('knows every resource and the structure of its objects', () => {
    expect(resources().length).toBeGreaterThan(60)
    for (const r of resources()) expect(definition(r.definition), r.plural).toBeDefined()
  })

  it('finds fields by path, with and without indexes', () => {
    const def = schemaOf({ group: 'apps', version: 'v1', kind: 'Deployment' })!
    expect(fieldSchema(def, ['spec', 'template', 'spec', 'containers', 0, 'image'])?.type.k).toBe('s')
    expect(fieldSchema(def, ['spec', 'template', 'spec', 'containers', 'ports'])?.mergeKey).toBe('containerPort')
    expect(fieldSchema(def, ['spec', 'nope'])).toBeUndefined()
  })
})

describe('decoding', () => {
  it('names unknown fields with their paths', () => {
    expect(refusal(pod({ bogus: 1, containers: [{ name: 'c', imaeg: 'x' }] }))).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.bogus", unknown field "spec.containers[0].imaeg"',
    )
  })

  it('names wrong types as Go does', () => {
    expect(refusal(pod({ containers: 'x' }))).toBe(
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    )
    expect(refusal(pod({ containers: [{ name: 'c', livenessProbe: { httpGet: { scheme: 5 } } }] }))).toContain(
      'number into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.scheme of type v1.URIScheme',
    )
    expect(refusal(pod({ activeDeadlineSeconds: 1.5 }))).toContain('cannot unmarshal number 1.5 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64')
  })

  it('warns or keeps silent when asked to', () => {
    const warned = validateStructure(pod({ bogus: 1, containers: [] }), 'Warn')
    expect(!isStatus(warned) && warned.warnings).toEqual(['unknown field "spec.bogus"'])
    const silent = validateStructure(pod({ bogus: 1, containers: [] }), 'Ignore')
    expect(!isStatus(silent) && silent.object.spec).toEqual({ containers: null })
  })

  it('prints what Go would print: empty members vanish, required ones appear, quantities are canonical', () => {
    const def = schemaOf({ group: '', version: 'v1', kind: 'Pod' })!
    const { value } = decode(def, pod({ hostNetwork: false, nodeSelector: {}, priority: 0, containers: [{ name: 'c', args: [], resources: { limits: { cpu: '1000m', memory: 1024 } } }] }) as unknown as JsonValue)
    expect(value).toMatchObject({ status: {}, spec: { priority: 0, containers: [{ name: 'c', resources: { limits: { cpu: '1', memory: '1024' } } }] } })
    expect(Object.keys((value as never as { spec: object }).spec).sort()).toEqual(['containers', 'priority'])
  })

  it('gives back what is in order already', () => {
    const def = schemaOf({ group: '', version: 'v1', kind: 'ConfigMap' })!
    const cm = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'b' } }
    expect(decode(def, cm).value).toBe(cm)
  })
})

describe('did you mean', () => {
  it('proposes the nearest known word and nothing far away', () => {
    expect(suggest('replcias', ['replicas', 'selector', 'template'])).toBe('replicas')
    expect(suggest('Deploymnet', ['Deployment', 'DaemonSet'])).toBe('Deployment')
    expect(suggest('zzz', ['replicas'])).toBeUndefined()
    const def = schemaOf({ group: 'apps', version: 'v1', kind: 'Deployment' })!
    expect(suggestField(def, 'spec.template.spec.containers[0].imaeg')).toBe('image')
    expect(suggestField(def, 'spec.replcias')).toBe('replicas')
    expect(suggestField(def, 'nowhere.x')).toBeUndefined()
  })
})
