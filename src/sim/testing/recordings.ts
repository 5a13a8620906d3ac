import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The folder with what a real v1.36.2 cluster was recorded to do, or undefined where it is not at hand (it lies beside
 * the project, not in it). Tests that need it skip themselves, saying so.
 */
export function recordings(): string | undefined {
  const folder = fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
  return existsSync(folder) ? folder : undefined
}
