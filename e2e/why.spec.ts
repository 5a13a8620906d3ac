import { expect, test } from '@playwright/test'
import { applyWeb, clock, openPage, pause, pods } from './page.ts'

test('why leads from a pod, and from one of its fields, back to the command', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  await pods(page).first().click()
  await page.getByRole('tab', { name: 'Why', exact: true }).click()
  const links = page.locator('section[aria-label="Why"] ol button')
  await expect(links.last()).toContainText('kubectl apply')
  expect(await links.count()).toBeGreaterThan(3)

  await page.getByRole('tab', { name: 'YAML', exact: true }).click()
  await page.locator('[data-path="spec.nodeName"] button').click({ force: true })
  await expect(page.getByText(/Why is spec\.nodeName of web-/)).toBeVisible()
  await expect(links.first()).toContainText(/scheduler/)
  const before = await clock(page)
  await links.last().click()
  await expect.poll(() => clock(page)).not.toBe(before)
})
