/**
 * Writes THIRD_PARTY_NOTICES.md: what the built site contains of others, with their licences. From the lock file: the
 * packages that the page depends on, directly or through others. `--check` only compares.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Locked {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly optional?: boolean
  readonly peer?: boolean
}

interface Notice {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly text: string
}

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'THIRD_PARTY_NOTICES.md')

/** Used at build time only, but their words are in the site. */
const WORDS_FROM = ['@kubernetes/client-node']

function licenceText(folder: string): string {
  if (!existsSync(folder)) return ''
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.|-|$)/i.test(file))
  return name === undefined ? '' : readFileSync(join(folder, name), 'utf8').replace(/\r/g, '').trim()
}

function notices(): Notice[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  const found: Notice[] = []
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const shipped = entry.dev !== true && entry.devOptional !== true && entry.optional !== true && entry.peer !== true && !name.startsWith('@types/')
    if (path === '' || !(shipped || WORDS_FROM.includes(name))) continue
    found.push({ name, version: entry.version ?? '', license: entry.license ?? 'see its text', text: licenceText(join(root, path)) })
  }
  return found.sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1))
}

/** One section a licence text, with everything that comes under exactly that text. */
function render(all: readonly Notice[]): string {
  const byText = new Map<string, Notice[]>()
  for (const notice of all) byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice])
  const lines = [
    '# Third-party notices',
    '',
    'Orrery itself is under the Apache License 2.0 (LICENSE). The built site contains or may load the following works of',
    'others. The descriptions of Kubernetes’ types come from the Kubernetes project (Apache License 2.0, © The Kubernetes',
    'Authors) by way of @kubernetes/client-node. Written by `npm run notices`.',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...all.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
    '',
  ]
  for (const [text, under] of byText) {
    if (text === '') continue
    lines.push(`## ${under.map(({ name }) => name).join(', ')}`, '', '```text', text.replace(/```/g, "'''"), '```', '')
  }
  return `${lines.join('\n').trimEnd()}\n`
}

const text = render(notices())
if (process.argv.includes('--check')) {
  const same = existsSync(target) && readFileSync(target, 'utf8') === text
  process.stdout.write(same ? 'THIRD_PARTY_NOTICES.md is up to date\n' : 'THIRD_PARTY_NOTICES.md is out of date: run `npm run notices`\n')
  process.exitCode = same ? 0 : 1
} else {
  writeFileSync(target, text)
  process.stdout.write(`THIRD_PARTY_NOTICES.md: ${(text.length / 1000).toFixed(0)} kB\n`)
}
