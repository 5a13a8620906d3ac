/** Every English namespace but the sentences. English is also what is shown where a translation lacks a text. */
export const english = import.meta.glob<Record<string, unknown>>(['./en/*.json', '!./en/sentences*.json'], { eager: true, import: 'default' })
