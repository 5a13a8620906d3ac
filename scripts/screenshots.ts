/**
 * `npm run screenshots`: the pictures of the README, from the built site: a rolling update held half-way, in both themes.
 * Builds first when there is no build.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from '@playwright/test'
import { applyWeb, openPage, pause, pods, slowest, terminal } from '../e2e/page.ts'
import { ensureBrowser } from './ensure-browser.ts'
import { serveDist } from './serve-dist.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'docs', 'screenshots')

interface Shot {
  readonly name: string
  readonly theme: 'dark' | 'light'
  readonly width: number
  readonly height: number
}

const SHOTS: readonly Shot[] = [
  { name: 'rolling-update-dark', theme: 'dark', width: 1440, height: 900 },
  { name: 'rolling-update-light', theme: 'light', width: 1440, height: 900 },
]

/** Applies what the editor holds, rolls out another image, stops in the middle and selects the Deployment. */
async function rollHalfWay(page: Page): Promise<void> {
  await openPage(page)
  await applyWeb(page)
  await slowest(page)
  await terminal(page, 'kubectl set image deployment/web nginx=nginx:1.28', 'image updated')
  await pods(page).nth(3).waitFor()
  await pause(page)
  await page.getByRole('button', { name: /^Terminal/ }).click()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Commands and objects' }).waitFor()
  await page.waitForTimeout(500)
  await page.keyboard.type('Deployment web')
  await page.keyboard.press('Enter')
  await page.locator('#side-pane').getByText('What the controller may do').waitFor()
  await page.waitForTimeout(6_000)
}

async function take(shot: Shot, url: string): Promise<void> {
  const browser = await ensureBrowser()
  const env = { ...(process.env as Record<string, string>), ...browser.env }
  const running = await chromium.launch({ executablePath: browser.path, args: [...browser.args], env })
  const page = await running.newPage({
    viewport: { width: shot.width, height: shot.height },
    colorScheme: shot.theme,
    locale: 'en-US',
    baseURL: url,
  })
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
