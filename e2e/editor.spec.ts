import { expect, test, type Page } from '@playwright/test'

/** Opens the page with Monaco in place and the first manifest shown. */
async function openEditor(page: Page): Promise<void> {
  await page.goto('./')
  await expect(page.locator('.monaco-editor').first()).toBeVisible({ timeout: 20_000 })
}

async function replaceText(page: Page, text: string): Promise<void> {
  await page.locator('.monaco-editor .view-line').first().click()
  await page.keyboard.press('ControlOrMeta+A')
  await paste(page, text)
}

/** Pasting keeps the text as it is; typing would indent it once more. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const data = new DataTransfer()
    data.setData('text/plain', pasted)
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, text)
}

test('a wrong type is marked in the words of the server, and its entry leads to the line', async ({ page }) => {
  await openEditor(page)
  await replaceText(page, 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: three\n')
  const problem = page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: /cannot unmarshal string into Go struct field/ })
  await expect(problem).toBeVisible()
  await problem.click()
  await expect(page.locator('.monaco-editor .line-numbers.active-line-number').first()).toHaveText('6')
})

test('the editor knows the fields of a kind', async ({ page }) => {
  await openEditor(page)
  await replaceText(page, 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  ')
  await page.keyboard.type('termin', { delay: 40 })
  await expect(page.locator('.suggest-widget').getByText('terminationGracePeriodSeconds')).toBeVisible()
})

test('Esc and then Tab leave the editor', async ({ page }) => {
  await openEditor(page)
  await page.locator('.monaco-editor .view-line').first().click()
  await page.keyboard.press('Escape')
  await expect(page.getByText('Tab now leaves the editor')).toBeVisible()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('.monaco-editor') === null)).toBe(true)
})

test('a text of five megabytes can be pasted and the page still answers', async ({ page }) => {
  await openEditor(page)
  await page.locator('.monaco-editor .view-line').first().click()
  await page.keyboard.press('ControlOrMeta+A')
  await paste(page, `${'key: a value that makes this line about fifty long\n'.repeat(100_000)}# the end`)
  await expect(page.getByText('# the end').first()).toBeVisible({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Samples' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
})
