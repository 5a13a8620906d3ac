/** Serves `dist` on a free port and runs Playwright against it: `npm run e2e -- [playwright arguments]`. */
import { spawn, spawnSync } from 'node:child_process'
import { serveDist } from './serve-dist.ts'

// In a process of its own: installing a browser changes the environment, and Playwright's processes must not inherit that.
spawnSync('npx', ['tsx', 'scripts/ensure-browser.ts'], { stdio: ['ignore', 'ignore', 'inherit'] })

const { url, server } = await serveDist()
const child = spawn('npx', ['playwright', 'test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ORRERY_URL: url },
})
child.on('close', (code) => {
  server.close()
  server.closeAllConnections()
  process.exitCode = code ?? 1
})
