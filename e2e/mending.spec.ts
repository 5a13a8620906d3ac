import { expect, test } from '@playwright/test'
import { openPage } from './page.ts'

const OLD = `apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: myWeb
  lables:
    app: web
spec:
  replicas: "3"
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        name: c
        image: nginx
`

test('an old manifest with slips is explained while it is written, and mended with one press', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openPage(page)
  const editor = page.locator('.monaco-editor').first()
  await editor.click({ timeout: 30_000 })
  await page.keyboard.press('ControlOrMeta+A')
  await page.evaluate((text) => navigator.clipboard.writeText(text), OLD)
  await page.keyboard.press('ControlOrMeta+V')
  await expect(page.getByText('until Kubernetes 1.16')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('button', { name: 'Rewrite for apps/v1' })).toBeVisible()
  await page.getByRole('button', { name: 'Mend all' }).click()
  await expect(page.getByText('things were mended')).toBeVisible()
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(page.getByText('deployment.apps/my-web created')).toBeVisible({ timeout: 20_000 })
})

test('a new cluster has the size and the seed that were asked for', async ({ page }) => {
  await openPage(page)
  await page.getByRole('button', { name: 'Session' }).click()
  await page.getByRole('menuitem', { name: /New cluster/ }).click()
  await page.getByLabel('Worker nodes').fill('many')
  await expect(page.getByText('A whole number from 0 to 5000')).toBeVisible()
  await page.getByLabel('Worker nodes').fill('5')
  await page.getByLabel('Seed').fill('7')
  await page.getByRole('radio', { name: 'Fast' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.locator('[data-node]')).toHaveCount(6, { timeout: 20_000 })
})

test('hundreds of nodes are one drawing from afar, and a press goes to one of them', async ({ page }) => {
  await openPage(page)
  await page.getByRole('button', { name: 'Session' }).click()
  await page.getByRole('menuitem', { name: /New cluster/ }).click()
  await page.getByLabel('Worker nodes').fill('200')
  await page.getByRole('radio', { name: 'Fast' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.getByText(/^201 ·/)).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: /Fit/i }).click()
  const map = page.getByRole('img', { name: /201 machines/ })
  await expect(map).toBeVisible()
  await expect(page.locator('[data-node]')).toHaveCount(0)
  const box = (await page.locator('#map').boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await expect(page.locator('[data-node]').first()).toBeVisible()
  await expect(page.getByRole('heading', { name: /^node-\d+$/ })).toBeVisible()
})
