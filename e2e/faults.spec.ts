import { expect, test } from '@playwright/test'
import { applyWeb, atSpeed, openPage, pause, pods, terminal } from './page.ts'

test('a deleted pod leaves a tombstone and is replaced; scaling adds pods', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  const victim = pods(page).first()
  const name = await victim.getAttribute('data-pod')
  await victim.click()
  await victim.click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.locator(`[data-node] [data-pod="${name}"]`)).toHaveCount(0, { timeout: 30_000 })
  await expect(page.getByTestId('tombstone')).toContainText('It was deleted at')
  await expect(pods(page, 'ok')).toHaveCount(3, { timeout: 20_000 })
  await terminal(page, 'kubectl scale deployment/web --replicas=5', 'scaled')
  await expect(pods(page, 'ok')).toHaveCount(5, { timeout: 20_000 })
})

test('a crashed node becomes unreachable after its grace period, is emptied, and comes back', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await page.locator('[data-node="node-1"]').getByRole('button', { name: 'Actions for node-1' }).click()
  await page.getByRole('menuitem', { name: /^Crash/ }).click()
  await atSpeed(page, 9)
  await expect(page.locator('[data-node="node-1"][data-status="unknown"]')).toBeVisible({ timeout: 30_000 })
  await expect(page.locator('[data-node="node-2"] [data-pod^="web-"], [data-node="node-3"] [data-pod^="web-"]')).toHaveCount(3, { timeout: 30_000 })
  await page.locator('[data-node="node-1"]').getByRole('button', { name: 'Actions for node-1' }).click()
  await page.getByRole('menuitem', { name: /^Restart/ }).click()
  await expect(page.locator('[data-node="node-1"][data-status="ok"]')).toBeVisible({ timeout: 30_000 })
  await pause(page)
})
