import { expect, test } from 'vitest'
import { parseLoad } from '../../sim/node/kubelet/load.ts'
import { badField, COURSES, loadCommand, loadText, type Chosen, type Course } from './load-text.ts'

const KEEP: Chosen = { course: 'keep', fields: {} }
const of = (resource: 'cpu' | 'memory', course: Course): Chosen => ({ course, fields: COURSES[resource][course] })

test('every course that the form offers is one that the kubelet reads', () => {
  for (const resource of ['cpu', 'memory'] as const)
    for (const course of ['constant', 'ramp', 'spike', 'leak'] as const) {
      const text = loadText({ cpu: KEEP, memory: KEEP, [resource]: of(resource, course) }, 5_500_000)!
      const load = parseLoad(text)
      expect(load[resource]).toMatchObject({ kind: course })
      expect(load.since).toBe(5_500_000)
      expect(badField(of(resource, course))).toBeUndefined()
    }
  expect(loadText({ cpu: KEEP, memory: KEEP }, 0)).toBeUndefined()
  expect(badField({ course: 'ramp', fields: { from: '5m', to: 'lots', over: '2m' } })).toBe('to')
})

test('the command is what a person would type', () => {
  const place = { resource: 'pods', name: 'web-1', namespace: 'shop', selector: '', container: 'app', target: 'pods', hasConfigMap: false } as const
  const chosen = { cpu: of('cpu', 'constant'), memory: KEEP }
  expect(loadCommand(place, 'cpu=200m', chosen)).toEqual(['annotate', 'pod', 'web-1', '-n', 'shop', 'orrery.dev/load.app=cpu=200m', '--overwrite'])
  expect(loadCommand({ ...place, container: null }, undefined, chosen)).toEqual(['annotate', 'pod', 'web-1', '-n', 'shop', 'orrery.dev/load-'])
  expect(loadCommand({ ...place, resource: 'deployments', name: 'web', selector: 'app=web' }, 'cpu=200m', chosen).slice(0, 4)).toEqual(['annotate', 'pods', '-l', 'app=web'])
  expect(loadCommand({ ...place, target: 'namespace' }, 'x', chosen)).toEqual(['create', 'configmap', 'load', '-n', 'shop', '--from-literal=cpu=200m'])
  expect(loadCommand({ ...place, target: 'namespace', hasConfigMap: true }, 'x', chosen).at(-1)).toBe('{"data":{"cpu":"200m"}}')
  expect(loadCommand({ ...place, resource: 'deployments', target: 'template', container: null }, undefined, chosen).at(-1)).toBe('{"spec":{"template":{"metadata":{"annotations":{"orrery.dev/load":null}}}}}')
})
