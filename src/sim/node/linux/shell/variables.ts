import type { Shell } from '../kernel.ts'

/** An expansion that ends the script: `${x?message}`, an unset variable under `set -u`. */
export class ExpansionFault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** Sets a variable; throws ExpansionFault where it is read-only. */
export function assignVariable(shell: Shell, name: string, value: string): void {
  if (shell.fixed?.[name]) throw new ExpansionFault(`${name}: is read only`)
  shell.vars = { ...shell.vars, [name]: value }
}
