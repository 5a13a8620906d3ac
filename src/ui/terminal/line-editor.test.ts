import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commonStart, emptyLine, nextLine, pressKey, splitKeys, type Line } from './line-editor.ts'

const type = (line: Line, ...keys: string[]): Line => keys.reduce((now, key) => pressKey(now, key).line, line)
const withHistory = (...lines: string[]): Line => lines.reduce((now, ran) => nextLine(now, ran), emptyLine)

test('text goes in at the cursor and backspace takes the character before it', () => {
  const line = type(emptyLine, 'get pods', '\x1b[D', '\x1b[D', '\x7f', 'X')
  expect(line).toMatchObject({ text: 'get pXds', cursor: 6 })
})

test('a character outside the basic plane is moved over and deleted whole', () => {
  expect(type(emptyLine, 'a😀', '\x1b[D').cursor).toBe(1)
  expect(type(emptyLine, 'a😀', '\x7f').text).toBe('a')
})

test('up and down go through history and come back to what was being written', () => {
  const line = type(withHistory('one', 'two'), 'dra', '\x1b[A')
  expect(line.text).toBe('two')
  expect(type(line, '\x1b[A').text).toBe('one')
  expect(type(line, '\x1b[A', '\x1b[A').text).toBe('one')
  expect(type(line, '\x1b[B').text).toBe('dra')
})

test('empty and repeated lines are not remembered', () => {
  expect(withHistory('a', 'a', '  ', 'b').history).toEqual(['a', 'b'])
})

test('Ctrl-W takes a word, Ctrl-Y brings it back', () => {
  const line = type(emptyLine, 'get pods -A', '\x17')
  expect(line.text).toBe('get pods ')
  expect(type(line, '\x19').text).toBe('get pods -A')
})

test('Ctrl-R finds the newest line that contains the text, and again the one before', () => {
  const line = type(withHistory('get pods', 'get nodes', 'apply -f web.yaml'), '\x12', 'get')
  expect(line.text).toBe('get nodes')
  expect(type(line, '\x12').text).toBe('get pods')
  expect(pressKey(line, '\r')).toMatchObject({ asked: 'run', line: { text: 'get nodes', search: null } })
})

test('leaving the search brings the written line back', () => {
  expect(type(withHistory('get pods'), 'dra', '\x12', 'get', '\x1b')).toMatchObject({ text: 'dra', search: null })
})

test('Ctrl-D deletes forward, and ends only an empty line', () => {
  expect(pressKey(type(emptyLine, 'ab', '\x01'), '\x04')).toMatchObject({ asked: 'none', line: { text: 'b', cursor: 0 } })
  expect(pressKey(emptyLine, '\x04').asked).toBe('end')
})

test('what candidates share is completed', () => {
  expect(commonStart(['deployment', 'deployments', 'deploy'])).toBe('deploy')
  expect(commonStart([])).toBe('')
})

test('data that comes at once is cut into keys', () => {
  expect(splitKeys('ls -l\r\x1b[A\x1bOB\x7f')).toEqual(['ls -l', '\r', '\x1b[A', '\x1b[B', '\x7f'])
})

test('the cursor stays inside the text whatever is pressed', () => {
  const keys = ['a', ' ', '😀', '\x7f', '\x1b[3~', '\x1b[D', '\x1b[C', '\x1b[A', '\x1b[B', '\x17', '\x15', '\x0b', '\x19', '\x12', '\x1b', '\x1bb', '\x1bf']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...keys)), (pressed) => {
      const line = type(withHistory('get pods', 'a a'), ...pressed)
      expect(line.cursor).toBeGreaterThanOrEqual(0)
      expect(line.cursor).toBeLessThanOrEqual(line.text.length)
    }),
  )
})
