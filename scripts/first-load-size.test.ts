import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstLoad } from './first-load-size.ts'

function site(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-site-'))
  mkdirSync(join(folder, 'assets'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('static imports belong to the first load, dynamic ones do not', () => {
  const folder = site({
    'index.html': '<link rel="stylesheet" href="./assets/a.css"><script type="module" src="./assets/a.js"></script>',
    'assets/a.css': 'a{}',
    'assets/a.js': 'import{x as y}from"./b.js";import"./c.js";const d=()=>import("./d.js");',
    'assets/b.js': 'export*from"./e.js";',
    'assets/c.js': '1',
    'assets/d.js': '1',
    'assets/e.js': '1',
  })
  expect(firstLoad(folder).map(({ file }) => file).sort()).toEqual(['assets/a.css', 'assets/a.js', 'assets/b.js', 'assets/c.js', 'assets/e.js', 'index.html'])
})

test('a page without a script is no build', () => {
  expect(() => firstLoad(site({ 'index.html': '<p></p>' }))).toThrow('is this a build?')
})
