import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { applyWeb, openPage, pause, pods } from './page.ts'

for (const theme of ['dark', 'light'] as const) {
  test(`the page holds the accessibility rules, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await openPage(page)
    await applyWeb(page)
    await pause(page)
    await pods(page).first().click()
    for (const view of ['1', '2', '3', '4']) {
      await page.locator('#map').focus()
      await page.keyboard.press(view)
      await page.waitForTimeout(400)
      await expectAccessible(page)
    }
    await page.keyboard.press('h')
    await expectAccessible(page)
  })
}

test('on a phone one looks and steps, and nothing scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('./')
  await page.getByRole('button', { name: /^Apply web\.yaml/ }).click()
  await expect(page.locator('[data-pod^="web-"][data-status="ok"]')).toHaveCount(3, { timeout: 30_000 })
  for (const tab of ['Inspector', 'History', 'Map']) {
    await page.getByRole('tab', { name: tab }).click()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  }
  await page.locator('[data-pod^="web-"]').first().click()
  await expect(page.getByRole('tab', { name: 'Inspector' })).toHaveAttribute('aria-selected', 'true')
  await expectAccessible(page)
})

test('both languages are whole: no text of the page is missing in Chinese', async ({ page }) => {
  await openPage(page)
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByRole('button', { name: '分享' })).toBeVisible()
  await page.getByRole('button', { name: /^应用/ }).click()
  await expect(pods(page, 'ok')).toHaveCount(3, { timeout: 20_000 })
  await expect(pods(page).first()).toContainText('就绪')
})
