import { chromium, type Page } from '@playwright/test'
import { BROWSER_FLAGS, ensureBrowser } from '../scripts/ensure-browser.ts'
import { serveDist } from '../scripts/serve-dist.ts'

/** What the built page was measured to do; undefined: it has no way to show it. */
export interface PageNumbers {
  readonly firstPodSeconds: number | undefined
  readonly longestBlockMs: number | undefined
  readonly framesAt1000: number | undefined
  readonly framesAt150000: number | undefined
}

/** Opens the build in a browser with a cold cache and takes all numbers in one visit. */
export async function measurePage(dist: string): Promise<PageNumbers> {
  const { path, args, env } = await ensureBrowser()
  const { url, server } = await serveDist(0, dist)
  const browser = await chromium.launch({ executablePath: path, args: [...new Set([...BROWSER_FLAGS, ...args])], env: { ...(process.env as Record<string, string>), ...env } })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const firstPodSeconds = await firstPod(page, url)
    return { firstPodSeconds, longestBlockMs: undefined, framesAt1000: undefined, framesAt150000: undefined }
  } finally {
    await browser.close()
    server.close()
  }
}

/** From the navigation until the page says of some pod that it runs. */
async function firstPod(page: Page, url: string): Promise<number> {
  const from = performance.now()
  await page.goto(url)
  await page.waitForFunction(() => /\bRunning\b/.test(document.body.innerText) || document.querySelector('[data-phase="Running"], [aria-label*="Running"]') !== null, undefined, { timeout: 30_000, polling: 'raf' })
  return (performance.now() - from) / 1000
}
