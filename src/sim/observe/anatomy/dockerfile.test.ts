import { expect, test } from 'vitest'
import { createCluster } from '../../cluster.ts'
import { DOCKERFILES } from '../../../ui/views/inside/dockerfile-samples.ts'

const cluster = createCluster({ nodes: 1, history: { keep: false } })
cluster.boot()
const look = (text: string, before: string | null = null, context: Readonly<Record<string, string>> = { 'app.py': 'print(1)\n' }) => cluster.inside.dockerfile({ text, context, before })
const TEXT = 'FROM busybox:1.36\nWORKDIR /app\nCOPY app.py /app/\nENV A=1\nCMD ["sh", "app.py"]\n'

test('each instruction makes a layer or a field of the configuration', () => {
  const { stages, faults, config } = look(TEXT)
  expect(faults).toEqual([])
  expect(stages[0]!.steps.map(({ keyword, makes }) => `${keyword} ${makes}`)).toEqual(['FROM base', 'WORKDIR layer', 'COPY layer', 'ENV config', 'CMD config'])
  expect(stages[0]!.steps[2]).toMatchObject({ bytes: 9, cached: null })
  expect(stages[0]!.baseLayers.length).toBeGreaterThan(0)
  expect(config).toContainEqual(['cmd', '["sh","app.py"]'])
})

test('from the changed line on nothing comes from the cache', () => {
  const cachedOf = (text: string) => look(text, TEXT).stages[0]!.steps.map(({ cached }) => cached)
  expect(cachedOf(TEXT)).toEqual([true, true, true, true, true])
  expect(cachedOf(TEXT.replace('A=1', 'A=2'))).toEqual([true, true, true, false, false])
  expect(cachedOf(TEXT.replace('/app\n', '/srv\n'))).toEqual([true, false, false, false, false])
})

test('what cannot be built says so with its line', () => {
  expect(look('FROM busybox:1.36\nNONSENSE x\n').faults[0]).toMatchObject({ line: 2 })
  expect(look('FROM nginx:0.0.1\n').faults).toHaveLength(1)
})

test('the examples of the page can be built', () => {
  for (const { id, text, context } of DOCKERFILES) expect([id, look(text, null, context).faults, look(text, null, context).warnings]).toEqual([id, [], []])
})
