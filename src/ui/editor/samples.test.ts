import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { SAMPLES } from './samples.ts'

const folder = new URL('../../../examples/', import.meta.url)

test('every example is in the gallery, under its own name', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  expect(SAMPLES.map(({ name }) => name).sort()).toEqual(files.sort())
})

test('every sample is the text of its file and parses', () => {
  for (const { name, text } of SAMPLES) {
    expect(text).toBe(readFileSync(new URL(name, folder), 'utf8'))
    for (const document of parseAllDocuments(text)) expect('errors' in document ? document.errors : []).toEqual([])
  }
})
