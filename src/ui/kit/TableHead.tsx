import type { ReactNode } from 'react'

interface Props {
  /** Each column's name; all differ. */
  readonly columns: readonly string[]
  readonly className?: string
}

/** The first row of a table: names of columns, tied to their cells for those who hear the table. */
export function TableHead({ columns, className }: Props): ReactNode {
  return (
    <thead className={className}>
      <tr>
        {columns.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}
