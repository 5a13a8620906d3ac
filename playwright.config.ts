import { defineConfig } from '@playwright/test'
import { ensureBrowser } from './scripts/ensure-browser.ts'

const browser = await ensureBrowser()

/** `scripts/e2e.ts` serves the build and passes the address in; see there. */
const baseURL = process.env['ORRERY_URL'] ?? 'http://127.0.0.1:4173/'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  retries: process.env['CI'] === 'true' ? 1 : 0,
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] === undefined ? 'list' : [['list'], ['json']],
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    colorScheme: 'dark',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    serviceWorkers: 'block',
    launchOptions: {
      executablePath: browser.path,
      args: [...browser.args],
      env: { ...(process.env as Record<string, string>), ...browser.env },
    },
  },
})
