/**
 * `npm run tidy`: the house's rules as a test. Ranks and strangers, bans in the simulation, unlisted folders, file sizes,
 * import cycles, TODOs without owner, texts without translation. Each message says what to do instead.
 */
import { fileURLToPath } from 'node:url'
import { checkBans, checkTodos } from './tidy/bans.ts'
import { checkFolders, checkRooms } from './tidy/rooms.ts'
import { checkCycles, checkSizes } from './tidy/shape.ts'
import { readSources, type Finding, type Source } from './tidy/source.ts'
import { checkLiterals, checkTexts } from './tidy/texts.ts'

const CHECKS: readonly ((sources: readonly Source[]) => Finding[])[] = [
  checkRooms,
  checkFolders,
  checkBans,
  checkTodos,
  checkSizes,
  checkCycles,
  checkTexts,
  checkLiterals,
]

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = readSources(root, ['src', 'scripts', 'bench', 'e2e'], ['.ts', '.tsx', '.json'])
const findings = CHECKS.flatMap((check) => check(sources))
for (const { path, line, message } of findings) process.stdout.write(`${path}:${line}: ${message}\n`)
process.stdout.write(findings.length === 0 ? `tidy: ${sources.length} files in order\n` : `tidy: ${findings.length} to mend\n`)
process.exitCode = findings.length === 0 ? 0 : 1
