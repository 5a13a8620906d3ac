/** Texts as i18next takes them: namespace → key (nested or with dots) → text. */
export type Texts = Record<string, Record<string, unknown>>

/**
 * One namespace a file, by the file's name ("editor.json" → "editor"). All "sentences*.json" make the one namespace
 * "sentences", so that each room of the simulation can keep its sentences in a file of its own.
 */
export function namespaces(files: Readonly<Record<string, Record<string, unknown>>>): Texts {
  const texts: Texts = {}
  for (const path of Object.keys(files).sort()) {
    const name = path.replace(/^.*\//, '').replace(/\.json$/, '')
    const space = name.startsWith('sentences') ? 'sentences' : name
    texts[space] = { ...texts[space], ...files[path] }
  }
  return texts
}
