import { expect, it } from 'vitest'
import { Requested } from './figures.ts'

it('what pods ask of a node follows their coming, placing, ending and going', () => {
  const pod = (node: string | undefined, phase: string) => ({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, spec: { nodeName: node, containers: [{ name: 'c', resources: { requests: { cpu: '250m', memory: '1Ki' } } }] }, status: { phase } }) as never
  const requested = new Requested()
  const steps = [pod(undefined, 'Pending'), pod('a', 'Pending'), pod('a', 'Running'), pod('a', 'Succeeded'), undefined]
  const sums = steps.map((to, i) => {
    requested.change('pods/default/p', steps[i - 1], to)
    const { cpu, memory } = requested.of('a')
    return [cpu, memory]
  })
  expect(sums).toEqual([[0, 0], [250, 1024], [250, 1024], [0, 0], [0, 0]])
})
