/** Serves `dist` on a free port and runs Playwright against it: `npm run e2e -- [playwright arguments]`. */
import { spawn } from 'node:child_process'
import { serveDist } from './serve-dist.ts'

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
