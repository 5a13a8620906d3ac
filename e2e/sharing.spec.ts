import { execFileSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { applyWeb, clock, openPage, pause, pods, sentence, shareLink } from './page.ts'

test('after a reload everything is as it was, at the same cursor', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  await page.keyboard.press('2')
  await page.waitForTimeout(2_500)
  const before = [await clock(page), await sentence(page)]
  await page.reload()
  await expect(page.locator('[data-object^="pods/default/web-"]')).toHaveCount(3, { timeout: 20_000 })
  await expect.poll(async () => [await clock(page), await sentence(page)]).toEqual(before)
  await expect(page.getByText('Applied as shown')).toBeVisible()
})

test('a link reproduces the session elsewhere, with the same hash as in Node', async ({ page, browser, baseURL }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  const link = await shareLink(page)

  const { saved, found } = JSON.parse(execFileSync('npx', ['tsx', 'e2e/replay-in-node.ts'], { input: link.slice('#s='.length), encoding: 'utf8' })) as { saved: string; found: string }
  expect(found).toBe(saved)

  const other = await browser.newContext({ ...(baseURL !== undefined && { baseURL }), viewport: { width: 1440, height: 900 }, locale: 'en-US', serviceWorkers: 'block' })
  const there = await other.newPage()
  await openPage(there, link)
  await expect(there.getByTestId('verified')).toContainText(`✓ reproduced ${saved.slice(0, 6)}`, { timeout: 20_000 })
  await expect(pods(there, 'ok')).toHaveCount(3)
  expect(await clock(there)).toBe(await clock(page))
  await other.close()
})

test('a cut or altered link is refused in words, and one keeps what one had', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  const link = await shareLink(page)
  await page.waitForTimeout(2_500)
  await page.goto('about:blank')
  await openPage(page, link.slice(0, -40))
  await expect(page.getByText('This link is cut off')).toBeVisible()
  await expect(pods(page, 'ok')).toHaveCount(3, { timeout: 20_000 })
  await page.goto('about:blank')
  await openPage(page, `${link.slice(0, -8)}AAAAAAAA`)
  await expect(page.getByText('was changed on its way')).toBeVisible()
  await expect(pods(page, 'ok')).toHaveCount(3, { timeout: 20_000 })
})
