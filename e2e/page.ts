import { expect, type Locator, type Page } from '@playwright/test'

/** Opens the page and waits until its cluster has booted. */
export async function openPage(page: Page, hash = ''): Promise<void> {
  await page.goto(`./${hash}`)
  await expect(page.locator('[data-node="node-1"]')).toBeVisible({ timeout: 20_000 })
  await expect(page.locator('[data-node]')).toHaveCount(4)
}

export const pods = (page: Page, status?: string): Locator => page.locator(`#map [data-node] [data-pod^="web-"]${status === undefined ? '' : `[data-status="${status}"]`}`)

/** Applies what the editor holds and waits until all three pods are ready. */
export async function applyWeb(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(page.getByText('deployment.apps/web created')).toBeVisible()
  await expect(pods(page, 'ok')).toHaveCount(3, { timeout: 20_000 })
}

export async function pause(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Pause', exact: true })
  if (await button.isVisible()) await button.click()
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
}

export const clock = (page: Page): Promise<string> => page.getByTestId('clock').innerText()
export const sentence = (page: Page): Promise<string> => page.getByTestId('sentence').innerText()
export const rung = (page: Page, unit: string): Locator => page.locator(`button[data-unit="${unit}"]`)

/** Runs a line in the terminal and waits for a text in its output. */
export async function terminal(page: Page, line: string, expected: string | RegExp): Promise<void> {
  if (!(await page.locator('.xterm').isVisible())) await page.getByRole('button', { name: /^Terminal/ }).click()
  await page.locator('.xterm').click()
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows')).toContainText(expected, { timeout: 20_000 })
}

/** As fast as the machine goes. */
export async function fastest(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Speed' }).focus()
  await page.keyboard.press('End')
}

/** A tenth of real time, so that there is time to stop in the middle. */
export async function slowest(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Speed' }).focus()
  await page.keyboard.press('Home')
}

export async function atSpeed(page: Page, presses: number): Promise<void> {
  await page.getByRole('slider', { name: 'Speed' }).focus()
  for (let at = 0; at < presses; at++) await page.keyboard.press('ArrowRight')
}

/** The link that the share dialog offers. */
export async function shareLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const text = page.getByTestId('share-link')
  await expect(text).toHaveValue(/#s=/)
  const link = await text.inputValue()
  await page.keyboard.press('Escape')
  return link.slice(link.indexOf('#'))
}
