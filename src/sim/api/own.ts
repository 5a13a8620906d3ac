/** The value that a map itself has under a key; names such as "constructor" are keys like others. */
export const own = <V>(map: Readonly<Record<string, V>> | undefined, key: string): V | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined
