/** npm run soak -- --seed N --commands 1000 [--nodes 4] [--kubelet detailed|kwok] [-v]: random commands and faults against invariants. */
import { parseArgs } from 'node:util'
import { soak } from '../src/sim/testing/soak/soak.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    commands: { type: 'string', default: '1000' },
    nodes: { type: 'string', default: '4' },
    kubelet: { type: 'string', default: 'detailed' },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
})
const seed = Number(values.seed)
const commands = Number(values.commands)
if (!Number.isInteger(seed) || !Number.isInteger(commands) || commands < 1 || (values.kubelet !== 'detailed' && values.kubelet !== 'kwok')) {
  process.stderr.write('usage: npm run soak -- [--seed N] [--commands N] [--nodes N] [--kubelet detailed|kwok] [-v]\n')
  process.exit(2)
}
const again = `npm run soak -- --seed ${seed} --commands ${commands} --nodes ${values.nodes} --kubelet ${values.kubelet} -v`
const started = performance.now()
try {
  const result = soak({ seed, commands, nodes: Number(values.nodes), kubelet: values.kubelet, log: values.verbose ? (text) => process.stdout.write(`${text}\n`) : undefined })
  for (const violation of result.violations) process.stdout.write(`✗ ${violation}\n`)
  const took = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`soak: seed ${seed}, ${result.commands} commands, ${result.steps} steps, ${(result.virtual / 3.6e9).toFixed(2)} h of virtual time in ${took} s, hash ${result.hash}\n`)
  if (result.violations.length > 0) {
    process.stdout.write(`${result.violations.length} invariants violated; replay: ${again}\n`)
    process.exitCode = 1
  }
} catch (reason) {
  process.stdout.write(`✗ the simulation stopped: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\nreplay: ${again}\n`)
  process.exitCode = 1
}
