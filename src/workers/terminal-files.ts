import type { Bash } from 'just-bash'

const MOST_FILES = 500

/** All files of the working directory by their relative names, for folders and kustomizations. */
export async function filesBelow(paths: readonly string[], cwd: string, read: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const root = cwd.endsWith('/') ? cwd : `${cwd}/`
  for (const path of paths.filter((p) => p.startsWith(root)).slice(0, MOST_FILES)) {
    try {
      files[path.slice(root.length)] = await read(path)
    } catch {
      // A folder has no text.
    }
  }
  return files
}

/** Does a word of a kubectl line say that a file follows? */
export const namesFile = (word: string): boolean => FILE_FLAGS.has(splitFlag(word)[0])

const FILE_FLAGS = new Set(['-f', '--filename', '--from-file', '--from-env-file', '--patch-file', '-k', '--kustomize'])

/** The files that a command line names, read from the shell's file system; what is not there is left to kubectl to say. */
export async function filesNamedBy(args: readonly string[], read: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = splitFlag(args[i]!)
    if (!FILE_FLAGS.has(flag)) continue
    const value = inline ?? args[i + 1] ?? ''
    for (const path of value.split(',')) {
      const plain = path.includes('=') ? path.slice(path.indexOf('=') + 1) : path
      if (plain === '' || plain === '-') continue
      try {
        files[plain] = await read(plain)
      } catch {
        // kubectl reports a missing file in its own words.
      }
    }
  }
  return files
}

const CONFIG_FLAGS = new Set(['--kubeconfig', '--kuberc'])

/** Does a line name a configuration or preferences of its own? */
export const namesConfig = (word: string): boolean => CONFIG_FLAGS.has(splitFlag(word)[0])

/** The configurations and preferences of kubectl that flags and variables name, and ~/.kube/kuberc. */
export async function configFiles(args: readonly string[], env: Readonly<Record<string, string>>, read: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const named = args.flatMap((word, i) => (namesConfig(word) ? [splitFlag(word)[1] ?? args[i + 1] ?? ''] : []))
  const paths = [...named, ...(env['KUBECONFIG'] ?? '').split(':'), env['KUBERC'] ?? '', `${env['HOME'] ?? ''}/.kube/kuberc`]
  const files: Record<string, string> = {}
  for (const path of paths.filter((p) => p !== '' && p !== 'off')) {
    try {
      files[path] = await read(path)
    } catch {
      // kubectl says what is missing, where that matters.
    }
  }
  return files
}

function splitFlag(arg: string): readonly [string, string | undefined] {
  const equals = arg.startsWith('--') ? arg.indexOf('=') : -1
  if (equals > 0) return [arg.slice(0, equals), arg.slice(equals + 1)]
  return arg.startsWith('-f') && arg.length > 2 && !arg.startsWith('--') ? ['-f', arg.slice(2)] : [arg, undefined]
}

/** Files at and below absolute paths that a command names, by their absolute names. */
export async function filesOutside(paths: readonly string[], args: readonly string[], read: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const named = args.filter((word) => word.startsWith('/')).map((word) => word.replace(/\/+$/, ''))
  const files: Record<string, string> = {}
  for (const path of paths.filter((p) => named.some((n) => p === n || p.startsWith(`${n}/`))).slice(0, MOST_FILES)) {
    try {
      files[path] = await read(path)
    } catch {
      // A folder has no text.
    }
  }
  return files
}

/** Files that a process has written, with the folders that they need. */
export async function writeFiles(fs: Bash['fs'], cwd: string, { files = {} }: { readonly files?: Readonly<Record<string, string>> }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const place = fs.resolvePath(cwd, path)
    await fs.mkdir(place.slice(0, place.lastIndexOf('/')) || '/', { recursive: true })
    await fs.writeFile(place, text)
  }
}
