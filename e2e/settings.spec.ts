import { expect, test, type Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { applyWeb, openPage, pause, shareLink } from './page.ts'

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Session', exact: true }).click()
  await page.getByRole('menuitem', { name: /^Settings of components/ }).click()
  await expect(page.getByRole('dialog').getByText('--node-monitor-grace-period')).toBeVisible()
}

test('a setting is searched, refused in the words of its component, changed, carried by the link, and reset', async ({ page, browser, baseURL }) => {
  await openPage(page)
  await openSettings(page)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill('kubelet silent')
  const field = dialog.getByLabel('--node-monitor-grace-period')
  await expect(dialog.getByLabel('--kube-api-qps')).toHaveCount(0)
  await field.fill('soon')
  await field.press('Enter')
  await expect(dialog.getByText('invalid argument "soon" for "--node-monitor-grace-period" flag: time: invalid duration "soon"')).toBeVisible()
  await field.fill('20s')
  await field.press('Enter')
  await expect(dialog.getByRole('button', { name: 'node-monitor-grace-period: back to the default' })).toBeVisible()
  await expect(dialog.getByText('Only what differs (1)')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await pause(page)
  const link = await shareLink(page)

  const other = await browser.newContext({ ...(baseURL !== undefined && { baseURL }), viewport: { width: 1440, height: 900 }, locale: 'en-US', serviceWorkers: 'block' })
  const there = await other.newPage()
  await openPage(there, link)
  await expect(there.getByTestId('verified')).toContainText('✓ reproduced', { timeout: 20_000 })
  await openSettings(there)
  await expect(there.getByLabel('--node-monitor-grace-period')).toHaveValue('20s')
  await there.getByRole('button', { name: 'node-monitor-grace-period: back to the default' }).click()
  await expect(there.getByLabel('--node-monitor-grace-period')).toHaveValue('50s')
  await other.close()
})

test("a component's file is explained, and the component restarted with it", async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await page.getByRole('region', { name: 'kubelet' }).getByRole('button', { name: 'As a file in the editor' }).click()
  await expect(page.getByRole('tab', { name: /kubelet\.yaml/ })).toBeVisible()
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(page.getByText('no matches for kind "KubeletConfiguration" in version')).toBeVisible()
  await page.getByRole('button', { name: 'Restart with it' }).click()
  await expect(page.getByText('kubelet runs with the new file')).toBeVisible()
})

test("a loop's last reconciles lead to their instants", async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  await page.keyboard.press('3')
  const list = page.getByRole('region', { name: 'Its last reconciles' })
  const writing = list.getByRole('row').filter({ hasText: /update replicasets\/default\// }).last()
  await expect(writing).toContainText('done')
  const at = await writing.getByRole('rowheader').getByRole('button').innerText()
  await writing.getByRole('rowheader').getByRole('button').click()
  await expect(page.getByTestId('clock')).toHaveText(at)
})

test('storage is broken and mended from its dialog', async ({ page }) => {
  await openPage(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Commands and objects' }).fill('Storage system')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Break it' }).click()
  await expect(dialog.getByText('CreateVolume: code = Unavailable')).toBeVisible()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Mend CreateVolume' }).click()
  await expect(dialog.getByText('Every call is served.')).toBeVisible()
})
