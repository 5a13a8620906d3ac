/** The keys of a record in code-unit order. Most stand in it already, and sorting even two costs V8 half a microsecond. */
export function sortedKeys(record: object): readonly string[] {
  const keys = Object.keys(record)
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort()
  return keys
}
