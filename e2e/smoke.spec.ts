import { expect, test } from '@playwright/test'
import { openPage } from './page.ts'

test('the page opens without an error and without asking any other host', async ({ page, baseURL }) => {
  const errors: string[] = []
  const strangers: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(baseURL ?? '') && !url.startsWith('data:') && !url.startsWith('blob:')) strangers.push(url)
  })
  await page.goto('./')
  await expect(page.locator('#root')).not.toBeEmpty()
  await expect(page.locator('[data-node="node-1"]')).toBeVisible({ timeout: 30_000 })
  await expect(page.locator('.monaco-editor').first()).toBeVisible({ timeout: 30_000 })
  expect(errors).toEqual([])
  expect(strangers).toEqual([])
})

test('a window that becomes narrow does not cover its map with an empty inspector', async ({ page }) => {
  await openPage(page)
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toBeVisible()
  await page.setViewportSize({ width: 1024, height: 768 })
  await expect(inspector).toBeHidden()
  await page.locator('[data-node="node-1"]').getByText('node-1', { exact: true }).click()
  await expect(inspector).toBeVisible()
  await page.setViewportSize({ width: 1440, height: 900 })
  await expect(inspector).toBeVisible()
})
