import { beforeAll, describe, expect, it } from 'vitest'
import { base64Encode } from '../../api/base64.ts'
import { ROOT_CA_BUNDLE } from '../../api/root-ca.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { webhookServer } from '../../testing/webhook-server.ts'

const SERVER = webhookServer(`
/convert:
- when: object.metadata.name == "stuck"
  deny: cannot be converted
- when: request.desiredAPIVersion == "example.com/v1" && has(object.spec.hostPort)
  patchExpression: '[{"op": "add", "path": "/spec/host", "value": object.spec.hostPort.split(":")[0]}, {"op": "add", "path": "/spec/port", "value": object.spec.hostPort.split(":")[1]}, {"op": "remove", "path": "/spec/hostPort"}]'
- when: request.desiredAPIVersion == "example.com/v1beta1" && has(object.spec.host)
  patchExpression: '[{"op": "add", "path": "/spec/hostPort", "value": object.spec.host + ":" + object.spec.port}, {"op": "remove", "path": "/spec/host"}, {"op": "remove", "path": "/spec/port"}]'
/renames:
- patch: [{op: replace, path: /metadata/name, value: other}]
`)
const definition = (path = '/convert', ca = base64Encode(ROOT_CA_BUNDLE)): string => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig: {service: {name: hook, namespace: hooks, path: ${path}}${ca ? `, caBundle: ${ca}` : ''}}
  versions:
  - name: v1beta1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {hostPort: {type: string}}}}}}
  - name: v1
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {host: {type: string}, port: {type: string}}}}}}
`
const OLD = 'apiVersion: example.com/v1beta1\nkind: CronTab\nmetadata: {name: old}\nspec: {hostPort: "localhost:80"}\n'
const NEW = 'apiVersion: example.com/v1\nkind: CronTab\nmetadata: {name: new}\nspec: {host: example.org, port: "443"}\n'
const STUCK = OLD.replace('name: old', 'name: stuck')

let cluster: Cluster
const kubectl = (argv: string, files: Record<string, string> = {}): { code: number; stdout: string; stderr: string } => cluster.kubectlNow({ argv: argv.split(' '), files })
const apply = (text: string): { code: number; stdout: string; stderr: string } => kubectl('apply -f x.yaml', { 'x.yaml': text })
const spec = (version: string, name: string): unknown => JSON.parse(kubectl(`get crontabs.${version}.example.com ${name} -o jsonpath={.spec}`).stdout || 'null')

describe('conversion webhooks of custom resources', () => {
  beforeAll(() => {
    cluster = createCluster({ seed: 1, nodes: 1 })
    cluster.boot()
    kubectl('create ns hooks')
    apply(SERVER)
    cluster.runFor(seconds(30))
    expect(apply(definition()).stderr).toBe('')
    cluster.runFor(seconds(2))
  })

  it('show what is stored in one version in the other', () => {
    expect(apply(OLD)).toMatchObject({ code: 0, stderr: '' })
    expect(spec('v1', 'old')).toEqual({ host: 'localhost', port: '80' })
    expect(spec('v1beta1', 'old')).toEqual({ hostPort: 'localhost:80' })
  })

  it('bring what is sent in one version into the stored one', () => {
    expect(apply(NEW)).toMatchObject({ code: 0, stderr: '' })
    const stored = [...cluster.objects.values()].find((object) => object.kind === 'CronTab' && object.metadata.name === 'new')
    expect(stored).toMatchObject({ apiVersion: 'example.com/v1beta1', spec: { hostPort: 'example.org:443' } })
    expect(spec('v1', 'new')).toEqual({ host: 'example.org', port: '443' })
  })

  it('are asked for patches and lists', () => {
    expect(kubectl('patch crontabs.v1.example.com old --type=merge -p {"spec":{"port":"8080"}}').stderr).toBe('')
    expect(spec('v1beta1', 'old')).toEqual({ hostPort: 'localhost:8080' })
    expect(kubectl('get ct -o jsonpath={.items[*].spec.port}').stdout.split(' ').sort()).toEqual(['443', '8080'])
  })

  it('fail requests for objects that they do not convert', () => {
    expect(apply(STUCK).stderr).toBe('')
    expect(kubectl('get crontabs.v1.example.com stuck').stderr).toBe('Error from server: conversion webhook for example.com/v1beta1, Kind=CronTab failed: cannot be converted\n')
    expect(kubectl('get crontabs.v1.example.com').code).toBe(1)
    expect(kubectl('get crontabs.v1beta1.example.com stuck').code).toBe(0)
    expect(kubectl('delete crontabs.v1beta1.example.com stuck').stderr).toBe('')
  })

  it('may change labels and annotations of the metadata only', () => {
    apply(definition('/renames'))
    expect(kubectl('get crontabs.v1.example.com old').stderr).toBe('Error from server: conversion webhook for example.com/v1beta1, Kind=CronTab returned invalid object: must have the same name: old != other\n')
  })

  it('are trusted by their certificate and reached through their Service', () => {
    apply(definition('/convert', ''))
    const call = 'Error from server: conversion webhook for example.com/v1beta1, Kind=CronTab failed: Post "https://hook.hooks.svc:443/convert?timeout=30s": '
    expect(kubectl('get crontabs.v1.example.com old').stderr).toBe(`${call}tls: failed to verify certificate: x509: certificate signed by unknown authority\n`)
    apply(definition('/nowhere'))
    expect(kubectl('get crontabs.v1.example.com old').stderr).toBe('Error from server: conversion webhook for example.com/v1beta1, Kind=CronTab failed: the server could not find the requested resource\n')
    apply(definition())
    kubectl('scale deployment hook -n hooks --replicas=0')
    cluster.runFor(seconds(40))
    expect(kubectl('get crontabs.v1.example.com old').stderr).toMatch(/^Error from server: conversion webhook for example.com\/v1beta1, Kind=CronTab failed: Post "https:\/\/hook.hooks.svc:443\/convert\?timeout=30s": dial tcp [\d.]+:443: connect: connection refused\n$/)
    expect(kubectl('get crontabs.v1beta1.example.com old').code).toBe(0)
  })
})
