/** Every English namespace. English is also what is shown where a translation lacks a text, so it is always there. */
export const english = import.meta.glob<Record<string, unknown>>('./en/*.json', { eager: true, import: 'default' })
