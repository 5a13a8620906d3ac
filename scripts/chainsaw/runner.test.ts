import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import { alreadyExists, notFound } from '../../src/sim/api/status.ts'
import type { Request } from '../../src/sim/client/request.ts'
import { seconds } from '../../src/sim/engine/time.ts'
import { parseTests } from '../../src/sim/testing/chainsaw/parse.ts'
import type { Host, KubectlInput } from './host.ts'
import { runTest } from './runner.ts'

/** A cluster of two lines: it stores what it is given, and ConfigMaps called "late" appear after ten seconds. */
function fakeHost() {
  const objects = new Map<string, KubeObject>()
  const commands: KubectlInput[] = []
  let now = 0
  const key = (r: Request, name = r.name): string => `${r.resource}/${r.namespace ?? ''}/${name}`
  const host: Host = {
    get now() {
      return now
    },
    runUntil(at) {
      now = Math.max(now, at)
      if (now >= seconds(10)) objects.set('configmaps/ns/late', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'ns', labels: { when: 'late' } } })
    },
    resourceOf: (_v, kind) => (({ ConfigMap: { group: '', version: 'v1', resource: 'configmaps', namespaced: true }, Namespace: { group: '', version: 'v1', resource: 'namespaces', namespaced: false } }) as const)[kind as 'ConfigMap'],
    read: (r) => (r.verb === 'list' ? { items: [...objects.values()].filter((o) => o.kind === 'ConfigMap') } : (objects.get(key(r)) ?? notFound(r, r.name!))),
    send(r) {
      const body = r.body as KubeObject
      if (r.verb === 'delete') return void objects.delete(key(r))
      const name = r.name ?? body.metadata.name
      if (r.verb === 'create' && objects.has(key(r, name))) return alreadyExists(r, name)
      const stored = { ...objects.get(key(r, name)), ...body, metadata: { ...body.metadata, uid: `u-${name}` } }
      objects.set(key(r, name), stored)
      return stored
    },
    kubectl(input, deadline) {
      commands.push(input)
      if (input.argv[0] === 'wait') return (now = deadline), { code: null, stdout: '', stderr: '' }
      return input.argv[0] === 'bad' ? { code: 1, stdout: '', stderr: 'error: bad\n' } : { code: 0, stdout: `${input.argv.join(' ')} <${input.stdin.trim()}>\n`, stderr: '' }
    },
  }
  return { host, objects, commands }
}

const MAP = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }'
const run = async (steps: string, host: Host, spec = ''): Promise<Awaited<ReturnType<typeof runTest>>> => {
  const [parsed] = parseTests(`{apiVersion: chainsaw.kyverno.io/v1alpha1, kind: Test, metadata: {name: t}, spec: {namespace: ns, ${spec} steps: [{name: one, try: [${steps}]}]}}`, 't.yaml')
  return runTest(parsed!, host, { files: { 'web.yaml': 'kind: Web' } })
}

describe('the scenario runner', () => {
  test('makes the namespace, applies, asserts and cleans up behind itself', async () => {
    const { host, objects } = fakeHost()
    const result = await run(`{apply: {resource: ${MAP}}}, {assert: {resource: ${MAP}}}`, host)
    expect(result).toMatchObject({ passed: true, skipped: false })
    expect(objects.size).toBe(0)
  })

  test('waits for an assertion in virtual time', async () => {
    const { host } = fakeHost()
    const result = await run('{assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: late}}}}', host)
    expect(result.passed).toBe(true)
    expect(result.to).toBe(seconds(10))
  })

  test('says where and why it failed', async () => {
    const { host } = fakeHost()
    const result = await run('{assert: {timeout: 3s, resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: never}}}}', host)
    expect(result.failure).toEqual({ step: 'one', operation: 'spec.steps[0].try[0] assert', message: 'ConfigMap never: actual resource not found' })
  })

  test('an error operation fails while the object matches', async () => {
    const { host } = fakeHost()
    expect((await run(`{create: {resource: ${MAP}}}, {error: {timeout: 1s, resource: ${MAP}}}`, host)).failure?.message).toMatch(/resource matches expectation/)
    expect((await run('{error: {timeout: 1s, resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: other}}}}', host)).passed).toBe(true)
  })

  test('checks refusals by expect', async () => {
    const { host } = fakeHost()
    const steps = (check: string): string => `{create: {resource: ${MAP}}}, {create: {timeout: 1s, resource: ${MAP}, expect: [{check: ${check}}]}}`
    expect((await run(steps('{($error != null): true}'), host, 'skipDelete: true,')).passed).toBe(true)
    expect((await run(steps('{($error): ~}'), fakeHost().host)).passed).toBe(false)
  })

  test('runs scripts whose kubectl is the simulated one, with pipes, files, NAMESPACE and virtual sleep', async () => {
    const { host, commands } = fakeHost()
    const script = 'sleep 5; echo hello | kubectl -n $NAMESPACE apply -f web.yaml | grep -c hello'
    const result = await run(`{script: {content: "${script}", timeout: 9s, check: {($stdout): "1"}}}`, host)
    expect(result).toMatchObject({ passed: true, to: seconds(5) })
    expect(commands[0]).toMatchObject({ argv: ['-n', 'ns', 'apply', '-f', 'web.yaml'], stdin: 'hello\n', files: { 'web.yaml': 'kind: Web' } })
  })

  test('a script that fails fails the test unless its check says otherwise', async () => {
    expect((await run('{script: {content: kubectl bad}}', fakeHost().host)).failure?.message).toBe('exit status 1: error: bad')
    expect((await run('{script: {content: kubectl bad, check: {($error): exit status 1, ($stderr): "error: bad"}}}', fakeHost().host)).passed).toBe(true)
    expect((await run('{script: {content: sleep 60}}', fakeHost().host)).failure?.message).toBe('signal: killed')
  })

  test('hands outputs on to later operations', async () => {
    const { host, objects } = fakeHost()
    const out = '{script: {content: echo x7, outputs: [{name: made, value: ($stdout)}]}}'
    const result = await run(`${out}, {create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ($made)}}}}`, host, 'skipDelete: true,')
    expect(result.passed).toBe(true)
    expect([...objects.keys()]).toContain('configmaps/ns/x7')
  })

  test('a wrong expression fails the test with a message', async () => {
    const result = await run('{create: {timeout: 1s, resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ($nobody)}}}}', fakeHost().host)
    expect(result.failure?.message).toMatch(/nobody/)
  })

  test('wait is handed to kubectl and times out', async () => {
    const { host, commands } = fakeHost()
    const result = await run('{wait: {apiVersion: apps/v1, kind: Deployment, name: web, timeout: 7s, for: {condition: {name: Available}}}}', host)
    expect(commands[0]!.argv).toEqual(['wait', 'deployment.v1.apps/web', '--for=condition=Available', '-n', 'ns', '--timeout=7s'])
    expect(result.failure?.message).toBe('kubectl ended with a signal')
  })
})

