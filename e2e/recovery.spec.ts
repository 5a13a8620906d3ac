import { expect, test, type Page } from '@playwright/test'
import { applyWeb, clock, openPage, pause, pods, rung, sentence } from './page.ts'

/** Lets a test reach the page's workers as the developer tools do. */
async function rememberWorkers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const made: Worker[] = []
    Object.assign(globalThis, { made })
    globalThis.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options)
        if (String(url).includes('cluster')) made.push(this)
      }
    }
  })
}

const latest = (page: Page, what: 'terminate' | 'throw'): Promise<void> =>
  page.evaluate((how) => {
    const worker = (globalThis as unknown as { made: Worker[] }).made.at(-1)!
    if (how === 'terminate') worker.terminate()
    else worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))
  }, what)

async function broken(page: Page, what: 'terminate' | 'throw'): Promise<void> {
  await rememberWorkers(page)
  await openPage(page)
  await applyWeb(page)
  await pause(page)
  const before = [await clock(page), await sentence(page)]
  // The page keeps the session a moment after the last change.
  await page.waitForTimeout(2_500)
  await latest(page, what)
  await expect(page.getByText('The simulation runs again')).toBeVisible({ timeout: 40_000 })
  await expect(pods(page, 'ok')).toHaveCount(3)
  await expect.poll(async () => [await clock(page), await sentence(page)]).toEqual(before)
  await expect(page.getByText('Applied as shown')).toBeVisible()
  await rung(page, 'timer').click()
  await expect.poll(() => clock(page)).not.toBe(before[0])
}

test('a worker that throws is replaced: the page says so, and neither text nor history is lost', async ({ page }) => {
  await broken(page, 'throw')
})

test('a worker that was killed is missed and replaced', async ({ page }) => {
  await broken(page, 'terminate')
})
