import { expect, test } from '@playwright/test'
import { applyWeb, clock, openPage, pause, pods, rung, sentence } from './page.ts'

test('each step says beforehand what it will do, and steps back lead to the same instants', async ({ page }) => {
  await openPage(page)
  await pause(page)
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(rung(page, 'change')).toContainText(/:/)
  for (let at = 0; at < 4; at++) {
    const before = await sentence(page)
    await page.keyboard.press('.')
    await expect.poll(() => sentence(page)).not.toBe(before)
  }
  const [at, words] = [await clock(page), await sentence(page)]
  await page.keyboard.press('PageUp')
  await expect.poll(() => sentence(page)).not.toBe(words)
  await page.keyboard.press('PageUp')
  await expect(rung(page, 'change')).toContainText(/:/)
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  await expect.poll(async () => [await clock(page), await sentence(page)]).toEqual([at, words])
})

test('scrubbing to the start empties the map, and the end brings it back', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  const end = await clock(page)
  const names = await pods(page).evaluateAll((all) => all.map((pod) => pod.getAttribute('data-pod')))
  await page.locator('#map').focus()
  await page.keyboard.press('Home')
  await expect(pods(page)).toHaveCount(0)
  await page.keyboard.press('End')
  await expect(pods(page)).toHaveCount(3)
  expect(await pods(page).evaluateAll((all) => all.map((pod) => pod.getAttribute('data-pod')))).toEqual(names)
  expect(await clock(page)).toBe(end)
})

test('a row of the history leads to its step, and the future is still there', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  await page.locator('#map').focus()
  await page.keyboard.press('h')
  await page.getByRole('searchbox', { name: 'Filter by object or actor' }).fill('pods/default/web-')
  await page.getByRole('group', { name: 'History' }).evaluate((list) => list.scrollTo(0, 0))
  const row = page.locator('[data-kind="change"][data-index]').first()
  await row.click()
  await expect(page.locator('[aria-current="step"]')).toHaveCount(1)
  await expect(pods(page, 'ok')).toHaveCount(0)
  await page.locator('#map').focus()
  await page.keyboard.press('End')
  await expect(pods(page, 'ok')).toHaveCount(3)
})
