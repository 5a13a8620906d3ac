import { chromium, type Page } from '@playwright/test'
import { BROWSER_FLAGS, ensureBrowser } from '../scripts/ensure-browser.ts'
import { serveDist } from '../scripts/serve-dist.ts'
import { createCluster } from '../src/sim/index.ts'
import { openCrowd } from './far-page.ts'
import { encodeSession } from '../src/ui/share/codec.ts'
import { saveOf } from '../src/workers/save.ts'

/** What the built page was measured to do; undefined: it has no way to show it. */
export interface PageNumbers {
  readonly firstPodSeconds: number | undefined
  readonly longestBlockMs: number | undefined
  readonly framesAt1000: number | undefined
  readonly framesAt150000: number | undefined
}

/** Workers that hold a thousand pods and as many again while they are rolled over. */
const WORKERS = 20
const REPLICAS = 1000
const WATCHED_MS = 15_000
const WARM_UP_MS = 2000
const GESTURE_MS = 4000
const RUNNING_POD = '[data-pod][data-status="ok"]'

/** Opens the build in a browser with a cold cache and takes all numbers in two visits. */
export async function measurePage(dist: string): Promise<PageNumbers> {
  const { path, args, env } = await ensureBrowser()
  const { url, server } = await serveDist(0, dist)
  const browser = await chromium.launch({ executablePath: path, args: [...new Set([...BROWSER_FLAGS, ...args])], env: { ...(process.env as Record<string, string>), ...env } })
  try {
    const first = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const firstPodSeconds = await firstPod(first, url)
    await first.close()
    const large = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const numbers = await rollingUpdate(large, url)
    await large.close()
    const crowd = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
    await openCrowd(crowd, url)
    return { firstPodSeconds, ...numbers, framesAt150000: await framesPerSecond(crowd) }
  } finally {
    await browser.close()
    server.close()
  }
}

/** From the navigation until the map shows a pod that runs. */
async function firstPod(page: Page, url: string): Promise<number> {
  const from = performance.now()
  await page.goto(url)
  await page.waitForSelector(RUNNING_POD, { state: 'attached', timeout: 60_000 })
  return (performance.now() - from) / 1000
}

/** A cluster large enough, as a link; pods at the usual speed while the map is dragged; then the update as fast as it goes. */
async function rollingUpdate(page: Page, url: string): Promise<Pick<PageNumbers, 'longestBlockMs' | 'framesAt1000'>> {
  await page.addInitScript(() => {
    const blocks: number[] = []
    new PerformanceObserver((list) => blocks.push(...list.getEntries().map((entry) => entry.duration))).observe({ entryTypes: ['longtask'] })
    Object.assign(globalThis, { benchBlocks: blocks })
  })
  await page.goto(`${url}#s=${encodeSession({ save: largeCluster(), files: [{ name: 'empty.yaml', text: '', applied: null }], activeFile: 'empty.yaml', view: 'cluster', selected: null })}`)
  await page.waitForSelector(`[data-node="node-${WORKERS}"]`, { state: 'attached', timeout: 60_000 })
  await page.getByRole('button', { name: /^Terminal/ }).click()
  await type(page, `kubectl create deployment big --image=nginx:1.27 --replicas=${REPLICAS}`)
  await type(page, 'kubectl rollout status deployment/big')
  await page.waitForFunction(() => document.querySelector('.xterm-rows')?.textContent?.includes('successfully rolled out'), undefined, { timeout: 180_000 })
  // A link opens paused, and a command then runs to its end by itself: an update plays only after this.
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  const framesAt1000 = await framesPerSecond(page)
  await page.getByRole('slider', { name: 'Speed' }).focus()
  await page.keyboard.press('End')
  await page.evaluate(() => (globalThis as unknown as { benchBlocks: number[] }).benchBlocks.splice(0))
  await type(page, 'kubectl set image deployment/big nginx=nginx:1.29')
  await page.waitForTimeout(WATCHED_MS)
  const blocks = await page.evaluate(() => (globalThis as unknown as { benchBlocks: number[] }).benchBlocks)
  // The browser reports tasks of 50 ms and more; none is the best that it can say.
  return { longestBlockMs: Math.max(50, ...blocks), framesAt1000 }
}

/** As text, because the loader names functions by a helper that the page does not have. */
const COUNT_FRAMES = `new Promise((resolve) => {
  let from
  let frames = 0
  requestAnimationFrame(function tick(at) {
    if (from === undefined) from = at
    else frames++
    if (at - from < ${GESTURE_MS}) requestAnimationFrame(tick)
    else resolve((frames * 1000) / (at - from))
  })
})`

async function type(page: Page, line: string): Promise<void> {
  await page.locator('.xterm').click()
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

function largeCluster() {
  const cluster = createCluster({ seed: 1, nodes: WORKERS })
  cluster.boot()
  return saveOf(cluster)
}

/** Frames while the map is dragged and zoomed, by somebody who has done so for a moment: the first gesture compiles what the next ones run. */
async function framesPerSecond(page: Page): Promise<number> {
  await gesture(page, WARM_UP_MS)
  const counting = page.evaluate<number>(COUNT_FRAMES)
  await gesture(page, GESTURE_MS)
  return counting
}

async function gesture(page: Page, forMs: number): Promise<void> {
  const box = await page.locator('#map').boundingBox()
  if (!box) throw new Error('the page shows no map')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const until = performance.now() + forMs
  for (let i = 0; performance.now() < until; i++) {
    await page.mouse.move(x, y)
    if (i % 2 === 0) await page.mouse.wheel(0, i % 4 === 0 ? -120 : 120)
    else {
      await page.mouse.down()
      await page.mouse.move(x + (i % 4 === 1 ? 60 : -60), y, { steps: 4 })
      await page.mouse.up()
    }
  }
}
