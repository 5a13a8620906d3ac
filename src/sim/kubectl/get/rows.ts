import type { KindDefinition } from '../../kinds/definition.ts'
import { formatLabels } from '../../kinds/define.ts'
import { typeName } from '../resources.ts'
import type { ServerTable } from '../server-table.ts'

/** How `get` shows a table. */
export interface RowOptions {
  readonly wide: boolean
  readonly namespaces: boolean
  readonly labels: boolean
  readonly labelColumns: readonly string[]
  /** Names with their kind before them: "pod/web". */
  readonly kinds: boolean
  readonly events: boolean
}

/** The heads of a table's columns. */
export function headOf(table: ServerTable, options: RowOptions): readonly string[] {
  const columns = table.columnDefinitions.filter((c) => c.priority === 0 || options.wide).map((c) => c.name.toUpperCase())
  const last = (key: string): string => key.slice(key.lastIndexOf('/') + 1).toUpperCase()
  return [
    ...(options.events ? ['EVENT'] : []),
    ...(options.namespaces ? ['NAMESPACE'] : []),
    ...columns,
    ...options.labelColumns.map(last),
    ...(options.labels ? ['LABELS'] : []),
  ]
}

/** The cells of each row. `event` stands in the first column where events are shown. */
export function rowsOf(kind: KindDefinition, table: ServerTable, options: RowOptions, event = ''): readonly (readonly string[])[] {
  const shown = table.columnDefinitions.map((c, i) => ({ ...c, i })).filter((c) => c.priority === 0 || options.wide)
  return table.rows.map(({ cells, object }) => {
    const labels = object.metadata.labels
    const name = (text: string): string => (options.kinds ? `${typeName(kind)}/${text}` : text)
    return [
      ...(options.events ? [event] : []),
      ...(options.namespaces ? [object.metadata.namespace ?? ''] : []),
      ...shown.map(({ i }) => (i === 0 ? name(`${cells[i]}`) : cellText(cells[i]!))),
      ...options.labelColumns.map((key) => labels?.[key] ?? ''),
      ...(options.labels ? [formatLabels(labels)] : []),
    ]
  })
}

/** A cell on one line: line breaks end it with an ellipsis (cli-runtime: printers, tableprinter.go). */
function cellText(cell: string | number | boolean): string {
  const text = `${cell}`
  const cut = /[\n\r\f]/.exec(text)
  return cut ? `${text.slice(0, cut.index)}...` : text
}
