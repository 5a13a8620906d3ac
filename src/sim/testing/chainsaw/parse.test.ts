import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../recordings.ts'
import { parseDuration } from './duration.ts'
import { parseTests, yamlDocuments } from './parse.ts'
import { TestFileError } from './reader.ts'

const file = (steps: string): string => `apiVersion: chainsaw.kyverno.io/v1alpha1
kind: Test
metadata: { name: t }
spec:
  namespace: ns
  timeouts: { assert: 1m30s }
  steps:
${steps}`

test('reads each sort of operation', () => {
  const [parsed] = parseTests(
    file(`
    - try:
        - apply: { resource: { apiVersion: v1, kind: ConfigMap, metadata: { name: a } }, expect: [{ check: { ($error): ~ } }] }
        - script: { content: kubectl get pods, timeout: 7s, check: { ($error != null): true } }
        - command: { entrypoint: kubectl, args: [get, pods] }
        - sleep: { duration: 250ms }
        - wait: { apiVersion: v1, kind: Pod, name: a, for: { condition: { name: Ready, value: 'true' } } }
        - delete: { ref: { apiVersion: v1, kind: Pod, name: a }, deletionPropagationPolicy: Orphan }
        - error: { resource: { apiVersion: v1, kind: Pod, metadata: { name: a } } }
      catch:
        - events: {}`),
    't.yaml',
  )
  expect(parsed!.timeouts.assert).toBe(90_000_000)
  expect(parsed!.steps[0]!.try.map((o) => o.type)).toEqual(['apply', 'script', 'command', 'sleep', 'wait', 'delete', 'error'])
  expect(parsed!.steps[0]!.try[1]).toMatchObject({ timeout: 7_000_000, path: 'spec.steps[0].try[1]' })
  expect(parsed!.steps[0]!.catch[0]).toMatchObject({ type: 'collect', argv: ['get', 'events'] })
})

test.each([
  ['    - try: [{ aply: {} }]', /spec\.steps\[0\]\.try\[0\]: exactly one operation was expected; known are apply/],
  ['    - try: [{ sleep: { duration: soon } }]', /try\[0\]\.sleep\.duration: a duration such as 30s was expected/],
  ['    - try: [{ apply: { resource: {}, check: 1 } }]', /apply\.check: unknown field/],
  ['    - try: [{ apply: {} }]', /apply\.resource: either resource or file was expected/],
  ['    - try: [', /t\.yaml: .*line/s],
  ['    - use: { template: x }', /step templates are not supported/],
])('refuses a file that is wrong and says where: %s', (steps, message) => {
  expect(() => parseTests(file(steps), 't.yaml')).toThrow(TestFileError)
  expect(() => parseTests(file(steps), 't.yaml')).toThrow(message)
})

test('reads durations as Go does', () => {
  expect(['1m30s', '1.5h', '300ms', '0', '2us'].map(parseDuration)).toEqual([90_000_000, 5_400_000_000, 300_000, 0, 2])
  expect(['', '5', 's', '1d', '1s '].map(parseDuration)).toEqual([undefined, undefined, undefined, undefined, undefined])
})

test('reads YAML as Go does: times and 10:30 stay text, yes is a bool', () => {
  expect(yamlDocuments('a: 2026-01-01T00:00:00Z\nb: 10:30\nc: yes\nd: 0644', 'x')).toEqual([{ a: '2026-01-01T00:00:00Z', b: '10:30', c: true, d: 0o644 }])
})

const folder = recordings()
test.skipIf(!folder)('reads every recorded scenario (skipped where the recordings are not at hand)', () => {
  let count = 0
  for (const area of readdirSync(join(folder!, 'scenarios'), { withFileTypes: true }).filter((e) => e.isDirectory()))
    for (const name of readdirSync(join(folder!, 'scenarios', area.name))) {
      const path = join(folder!, 'scenarios', area.name, name, 'chainsaw-test.yaml')
      const [parsed] = parseTests(readFileSync(path, 'utf8'), path)
      expect(parsed!.name).toBe(name)
      count++
    }
  expect(count).toBeGreaterThan(100)
})
