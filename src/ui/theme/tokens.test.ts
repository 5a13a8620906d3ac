import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function tokens(theme: 'dark' | 'light'): Map<string, string> {
  const from = css.indexOf(`[data-theme='${theme}']`)
  const block = css.slice(css.indexOf('{', from), css.indexOf('}', from))
  return new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}

/** Relative luminance as WCAG defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const WORDS = ['--text', '--text-2', '--text-3', '--brass', '--ok', '--busy', '--warn', '--bad', '--gone', '--unknown', '--done']
const GROUNDS = ['--ground', '--panel', '--raised', '--sunken']

for (const theme of ['dark', 'light'] as const) {
  test(`in the ${theme} theme every colour of words can be read on every ground`, () => {
    const values = tokens(theme)
    const poor: string[] = []
    for (const word of WORDS) {
      for (const ground of GROUNDS) {
        const ratio = contrast(values.get(word) ?? '', values.get(ground) ?? '')
        if (!(ratio >= 4.5)) poor.push(`${word} on ${ground}: ${ratio.toFixed(2)}`)
      }
    }
    expect(poor).toEqual([])
    expect(contrast(values.get('--brass') ?? '', values.get('--brass-ink') ?? '')).toBeGreaterThanOrEqual(4.5)
  })
}
