import { expect, test } from '@playwright/test'

test.use({ serviceWorkers: 'allow' })

test('once opened, the page opens again without a network, editor included', async ({ page, context }) => {
  await page.goto('./')
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  // The worker is ready when everything is in its cache; it answers from the next load on.
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true))).toBe(true)
  await page.reload()
  await context.setOffline(true)
  await page.reload()
  await expect(page.locator('.monaco-editor').first()).toBeVisible({ timeout: 20_000 })
  await context.setOffline(false)
})
