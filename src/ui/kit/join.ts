/** Joins class names and leaves out what is false or undefined. */
export function join(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name !== false && name !== undefined && name !== '').join(' ')
}
