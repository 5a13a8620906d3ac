import { expect, it } from 'vitest'
import { rootOf } from './rootfs.ts'

const image = (text: string) => ({ program: { kind: 'exit', code: 0 }, files: { '/app/greeting': text } }) as unknown as Parameters<typeof rootOf>[0]

it('images with the same contents share one tree, others do not', () => {
  expect(rootOf(image('hello'), [])).toBe(rootOf(image('hello'), []))
  expect(rootOf(image('hello'), [])).not.toEqual(rootOf(image('bye'), []))
})
