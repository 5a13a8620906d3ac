/**
 * Finds a Chromium for the end-to-end tests and the screenshots, and installs one where there is none. Run by itself it
 * prints the path. In order: $ORRERY_BROWSER, the system's, Playwright's own, Playwright's download, a self-contained
 * package from npm (needs neither root nor system libraries), the system's package manager.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface Browser {
  readonly path: string
  readonly args: readonly string[]
  /** Variables that the process needs besides ours (the npm package brings its own libraries). */
  readonly env: Readonly<Record<string, string>>
}

/** Flags that keep Chromium quiet without a network and able to run as root in a container. */
export const BROWSER_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, '.cache', 'browser')
const memo = join(cache, 'browser.json')
const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']

function say(message: string): void {
  process.stderr.write(`ensure-browser: ${message}\n`)
}

function run(command: string, args: readonly string[], timeoutMs: number, env: Record<string, string> = {}): boolean {
  const done = spawnSync(command, args, {
    cwd: root,
    timeout: timeoutMs,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  })
  if (done.status !== 0) say(`${command} ${args[0] ?? ''} failed: ${String(done.stderr ?? done.error ?? '').trim().slice(-300)}`)
  return done.status === 0
}

/** The dynamic linker complains here already if a library is missing, so this tells whether the browser can run at all. */
function works(browser: Browser): boolean {
  if (!existsSync(browser.path)) return false
  const done = spawnSync(browser.path, ['--version', '--no-sandbox'], {
    timeout: 20_000,
    encoding: 'utf8',
    env: { ...process.env, ...browser.env },
  })
  return done.status === 0
}

function at(path: string, env: Record<string, string> = {}): Browser {
  return { path, args: BROWSER_FLAGS, env }
}

function fromSystem(): Browser | undefined {
  for (const name of SYSTEM_NAMES) {
    const found = spawnSync('which', [name], { encoding: 'utf8' }).stdout?.trim()
    if (found !== undefined && found !== '' && works(at(found))) return at(found)
  }
  return undefined
}

async function fromPlaywright(): Promise<Browser | undefined> {
  const { chromium } = await import('@playwright/test')
  const path = chromium.executablePath()
  return path !== '' && works(at(path)) ? at(path) : undefined
}

async function reachable(url: string): Promise<boolean> {
  if (process.env['HTTPS_PROXY'] !== undefined || process.env['https_proxy'] !== undefined) return true
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(8_000) })
    return true
  } catch {
    return false
  }
}

async function downloadedByPlaywright(): Promise<Browser | undefined> {
  if (!(await reachable('https://cdn.playwright.dev/'))) return undefined
  say('downloading Chromium with Playwright')
  return run('npx', ['playwright', 'install', 'chromium'], 300_000) ? fromPlaywright() : undefined
}

interface ChromiumPackage {
  default: { executablePath(): Promise<string>; args: string[] }
}

async function fromNpm(): Promise<Browser | undefined> {
  const home = join(cache, 'npm')
  const temporary = join(home, 'tmp')
  mkdirSync(temporary, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
  say('installing @sparticuz/chromium from npm')
  if (!run('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', '@sparticuz/chromium@147'], 300_000)) return undefined
  // The package unpacks into TMPDIR and brings libraries only when it believes to be where it was made for.
  process.env['TMPDIR'] = temporary
  process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs20.x'
  try {
    const entry = createRequire(join(home, 'package.json')).resolve('@sparticuz/chromium')
    const { default: chromium } = (await import(pathToFileURL(entry).href)) as ChromiumPackage
    const path = await chromium.executablePath()
    const env = { LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] ?? '', TMPDIR: temporary }
    const browser = at(path, env)
    return works(browser) ? browser : undefined
  } catch (error) {
    say(`the npm package does not run here: ${String(error)}`)
    return undefined
  }
}

function fromPackageManager(): Browser | undefined {
  if (process.getuid?.() !== 0 || spawnSync('which', ['apt-get']).status !== 0) return undefined
  say('installing chromium with apt-get')
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update', '-qq'], 180_000, quiet)
  return run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], 600_000, quiet) ? fromSystem() : undefined
}

function remembered(): Browser | undefined {
  if (!existsSync(memo)) return undefined
  const browser = JSON.parse(readFileSync(memo, 'utf8')) as Browser
  return works(browser) ? browser : undefined
}

/** A Chromium that starts on this machine. Installs one if it must; throws with what to do when nothing helped. */
export async function ensureBrowser(): Promise<Browser> {
  const named = process.env['ORRERY_BROWSER']
  if (named !== undefined && named !== '') return at(named)
  const known = fromSystem() ?? (await fromPlaywright()) ?? remembered()
  if (known !== undefined) return known
  const made = (await downloadedByPlaywright()) ?? (await fromNpm()) ?? fromPackageManager()
  if (made === undefined) {
    throw new Error('No browser could be found or installed. Install Chromium, or set ORRERY_BROWSER to the path of one.')
  }
  mkdirSync(cache, { recursive: true })
  writeFileSync(memo, JSON.stringify(made))
  return made
}

/** The path alone, for tools that take nothing else. */
export async function browserPath(): Promise<string> {
  return (await ensureBrowser()).path
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await browserPath()}\n`)
