import { expect, test } from '@playwright/test'

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
