/**
 * `npm run screenshots`: the pictures of the README, from the built site: a rolling update held half-way, in both themes.
 * Builds first when there is no build.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from '@playwright/test'
import { ensureBrowser } from './ensure-browser.ts'
import { serveDist } from './serve-dist.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'docs', 'screenshots')

interface Shot {
  readonly name: string
  readonly theme: 'dark' | 'light'
  readonly locale: string
  readonly width: number
  readonly height: number
}

const SHOTS: readonly Shot[] = [
  { name: 'main-dark', theme: 'dark', locale: 'en-US', width: 1440, height: 900 },
  { name: 'main-light', theme: 'light', locale: 'zh-CN', width: 1440, height: 900 },
  { name: 'projector', theme: 'light', locale: 'en-US', width: 1024, height: 768 },
  { name: 'phone', theme: 'dark', locale: 'en-US', width: 390, height: 844 },
]

/** Applies what the editor holds, lets it become ready, then changes the image and stops in the middle. */
async function rollHalfWay(page: Page): Promise<void> {
  await page.waitForSelector('#root > *')
  await page.waitForTimeout(1_500)
  const editor = page.locator('[data-plain-editor], .monaco-editor').first()
  if ((await editor.count()) === 0 || !(await editor.isVisible())) return
  await editor.click()
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.waitForTimeout(6_000)
}

async function take(shot: Shot, url: string): Promise<void> {
  const browser = await ensureBrowser()
  const env = { ...(process.env as Record<string, string>), ...browser.env }
  const running = await chromium.launch({ executablePath: browser.path, args: [...browser.args], env })
  const page = await running.newPage({
    viewport: { width: shot.width, height: shot.height },
    colorScheme: shot.theme,
    locale: shot.locale,
    deviceScaleFactor: 2,
  })
  await page.goto(url)
  await rollHalfWay(page)
  await page.screenshot({ path: join(folder, `${shot.name}.png`) })
  await running.close()
  process.stdout.write(`docs/screenshots/${shot.name}.png\n`)
}

if (!existsSync(join(root, 'dist', 'index.html'))) spawnSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' })
mkdirSync(folder, { recursive: true })
const only = process.argv.slice(2)
const { url, server } = await serveDist()
for (const shot of SHOTS.filter(({ name }) => only.length === 0 || only.includes(name))) await take(shot, url)
server.close()
server.closeAllConnections()
