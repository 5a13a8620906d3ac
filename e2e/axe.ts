import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/**
 * Fails with one line a violation: rule, what to do, and the first elements it concerns. React Flow's pane and Monaco's
 * inner tree are theirs; everything else counts.
 */
export async function expectAccessible(page: Page, exclude: readonly string[] = ['.monaco-editor', '.xterm']): Promise<void> {
  let builder = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
  for (const selector of exclude) builder = builder.exclude(selector)
  const { violations } = await builder.analyze()
  const lines = violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 4).map((n) => n.html).join('\n    ')}`)
  expect(lines, lines.join('\n')).toEqual([])
}
