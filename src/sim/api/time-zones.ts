import names from './time-zones.json'

let known: ReadonlySet<string> | undefined

function zones(): ReadonlySet<string> {
  const all: string[] = []
  for (const area of Object.keys(names)) {
    for (const place of (names as Readonly<Record<string, string>>)[area]!.split(' ')) all.push(area ? `${area}/${place}` : place)
  }
  return new Set(all)
}

/** Is this the name of a zone of the IANA database (Go: time.LoadLocation)? Names are case-sensitive. */
export function isTimeZone(name: string): boolean {
  known ??= zones()
  return known.has(name)
}
