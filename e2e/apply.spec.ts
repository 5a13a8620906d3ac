import { expect, test } from '@playwright/test'
import { applyWeb, openPage, pods } from './page.ts'

test('a press on Apply brings three pods to Ready, and the map shows where they run', async ({ page }) => {
  await openPage(page)
  await expect(page.locator('#map [data-part]')).toHaveCount(5)
  await applyWeb(page)
  await expect(pods(page).first()).toContainText('Ready')
  await page.keyboard.press('2')
  await expect(page.locator('[data-object^="replicasets/default/web-"]')).toHaveCount(1)
  await expect(page.locator('[data-object^="pods/default/web-"]')).toHaveCount(3)
  await page.keyboard.press('4')
  await page.getByRole('button', { name: 'EndpointSlice', exact: true }).click()
  await expect(page.getByRole('group', { name: 'All objects' }).getByText(/^web-/)).toBeVisible()
})

test('Ctrl-Enter applies wherever the focus is, as long as nothing else is being typed', async ({ page }) => {
  await openPage(page)
  await page.locator('#filter').focus()
  await page.keyboard.press('Control+Enter')
  await page.locator('#map').click({ position: { x: 5, y: 5 } })
  await expect(page.getByText('Not applied yet')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('deployment.apps/web created')).toHaveCount(1)
  await expect(pods(page, 'ok')).toHaveCount(3, { timeout: 20_000 })
})

test('Ctrl-Enter applies, and what does not parse is refused with its line', async ({ page }) => {
  await openPage(page)
  await page.locator('.monaco-editor').first().click()
  await page.keyboard.press('Control+End')
  await page.keyboard.insertText('  bad: }')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('region', { name: 'Problems' }).getByText(/^line 4\d$/).first()).toBeVisible({ timeout: 20_000 })
  await expect(pods(page)).toHaveCount(0)
})
