import { describe, expect, it } from 'vitest'
import { inGoOrder } from './go-order.ts'

describe('inGoOrder', () => {
  it('writes members as Go declares them, at every depth', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { clusterIP: 'None', type: 'ClusterIP', selector: { z: '1', a: '2' }, ports: [{ targetPort: 80, port: 80, protocol: 'TCP', name: 'http' }] } }
    expect(JSON.stringify(inGoOrder(service))).toBe('{"kind":"Service","apiVersion":"v1","metadata":{"name":"a"},"spec":{"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":80}],"selector":{"a":"2","z":"1"},"clusterIP":"None","type":"ClusterIP"}}')
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, spec: { template: {}, suspend: true, parallelism: 1, completions: 2 } }
    expect(JSON.stringify(inGoOrder(job))).toBe('{"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"a"},"spec":{"parallelism":1,"completions":2,"template":{},"suspend":true}}')
  })
})
