/**
 * Completes package-lock.json after `npm install`: npm leaves out the binaries of other platforms when it cannot look them
 * up, and `npm ci` then refuses the whole file. Adds them by name and exact version, as their main package asks for them;
 * a platform fetches only its own. `--check` only tells.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface LockedPackage {
  version?: string
  license?: string
  dev?: boolean
  optional?: boolean
  cpu?: string[]
  os?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

export type LockedPackages = Record<string, LockedPackage>

const OS = /[-/](aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-/
const CPU = /-(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-|$)/

/** The platform that a binary's name tells, e.g. "@x/binding-linux-arm64-musl". Undefined: not a binary of one platform. */
export function platformOf(name: string): Pick<LockedPackage, 'cpu' | 'os' | 'libc'> | undefined {
  const os = OS.exec(name)?.[1]
  const cpu = CPU.exec(name.slice(name.search(OS) + 1))?.[1]
  if (os === undefined || cpu === undefined) return undefined
  const libc = /-musl(?:$|-|eabi)/.test(name) ? 'musl' : /-gnu(?:$|-|eabi)/.test(name) && os === 'linux' ? 'glibc' : undefined
  return { cpu: [cpu], ...(libc !== undefined && { libc: [libc] }), os: [os] }
}

/** The entries that are missing, by their path in the lock file. */
export function missingEntries(packages: LockedPackages): LockedPackages {
  const missing: LockedPackages = {}
  for (const entry of Object.values(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`
      const platform = platformOf(name)
      if (packages[path] !== undefined || platform === undefined || !/^\d+\.\d+\.\d+$/.test(version)) continue
      missing[path] = { version, ...(entry.dev === true && { dev: true }), license: entry.license ?? 'MIT', optional: true, ...platform }
    }
  }
  return missing
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: LockedPackages }
  const missing = missingEntries(lock.packages)
  const count = Object.keys(missing).length
  if (process.argv.includes('--check')) {
    process.stdout.write(count === 0 ? 'package-lock.json is complete\n' : `package-lock.json lacks ${count} binaries: run \`npm run lock\`\n`)
    process.exitCode = count === 0 ? 0 : 1
  } else if (count > 0) {
    const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1))
    writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
    process.stdout.write(`package-lock.json: ${count} binaries added\n`)
  }
}
