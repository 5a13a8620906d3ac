import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { runTests } from './test.ts'

const examples = fileURLToPath(new URL('../../examples/scenarios', import.meta.url))

test('every example scenario passes', async () => {
  const said: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  const failed = await runTests({ paths: [examples], seed: 1, verbose: false }).finally(() => write.mockRestore())
  expect(failed, said.join('')).toBe(0)
  expect(said.at(-1)).toMatch(/^\d+ passed, 0 failed/)
}, 120_000)
