import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { JsonObject, KubeObject } from '../../src/sim/api/meta.ts'
import { yamlDocuments } from '../../src/sim/testing/chainsaw/parse.ts'
import { isObject } from '../../src/sim/testing/chainsaw/reader.ts'

const MANIFEST = /\.(?:ya?ml|json)$/
/** Larger files beside a test are not handed to its scripts. */
const LARGEST = 1_000_000

/** Chainsaw's file name, anywhere below the folders; a file that is named is taken as it is. Sorted. */
export function testFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^chainsaw-test\.ya?ml$/.test(basename(name)))
      .map((name) => join(path, name))
      .toSorted()
  })
}

/** The texts that lie beside a file, by name. */
export function filesBeside(file: string): Readonly<Record<string, string>> {
  const folder = dirname(file)
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && statSync(join(folder, entry.name)).size <= LARGEST)
  return Object.fromEntries(entries.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** The objects of a file (or of every manifest of a folder) that lies relative to a test's folder. */
export function documentsBeside(file: string, name: string): readonly JsonObject[] {
  return manifestTexts([join(dirname(file), name)]).flatMap(({ path, text }) => yamlDocuments(text, path).filter(isObject))
}

/** The texts of manifests, by path; folders are read flat, in order. */
export function manifestTexts(paths: readonly string[]): readonly { readonly path: string; readonly text: string }[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [{ path, text: readFileSync(path, 'utf8') }]
    const names = readdirSync(path).filter((name) => MANIFEST.test(name)).toSorted()
    return names.map((name) => ({ path: join(path, name), text: readFileSync(join(path, name), 'utf8') }))
  })
}

/** `--nodes 5` or `--nodes nodes.yaml`. */
export function nodesOption(value: string | undefined, otherwise: number): number | readonly KubeObject[] {
  if (value === undefined) return otherwise
  if (/^\d+$/.test(value)) return Number(value)
  return yamlDocuments(readFileSync(value, 'utf8'), value) as unknown as readonly KubeObject[]
}
