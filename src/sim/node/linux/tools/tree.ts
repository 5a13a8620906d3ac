import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import { options, type ToolContext } from './context.ts'

const MOST = 5000

/** Folders as a tree (busybox: miscutils/tree.c). */
export function tree(c: ToolContext): number {
  const { flags, values, rest } = options(c.args, 'L')
  const deepest = Number(values.get('L') ?? Infinity)
  let [folders, files] = [0, 0]
  const walk = (path: string, stem: string, depth: number): void => {
    const place = existing(c.files, path)
    if (failed(place) || place.node.t !== 'd' || depth > deepest || folders + files > MOST) return
    const names = Object.keys(place.node.entries).filter((name) => flags.has('a') || !name.startsWith('.')).filter((name) => !flags.has('d') || isFolder(`${path}/${name}`)).sort()
    names.forEach((name, i) => {
      const isLast = i === names.length - 1
      const inner = existing(c.files, `${path}/${name}`, false)
      const isDirectory = !failed(inner) && inner.node.t === 'd'
      c.out(`${stem}${isLast ? '└── ' : '├── '}${name}${!failed(inner) && inner.node.t === 'l' ? ` -> ${inner.node.to}` : ''}\n`)
      if (isDirectory) {
        folders++
        walk(`${path}/${name}`, `${stem}${isLast ? '    ' : '│   '}`, depth + 1)
      } else files++
    })
  }
  const isFolder = (path: string): boolean => {
    const place = existing(c.files, path)
    return !failed(place) && place.node.t === 'd'
  }
  for (const path of rest.length > 0 ? rest : ['.']) {
    c.out(`${path}${isFolder(path) ? '' : ' [error opening dir]'}\n`)
    walk(path, '', 1)
  }
  c.out(`\n${folders} director${folders === 1 ? 'y' : 'ies'}, ${files} file${files === 1 ? '' : 's'}\n`)
  return 0
}
