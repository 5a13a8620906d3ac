/** The English namespaces of the first screen. English is also what is shown where a translation lacks a text. */
export const english = import.meta.glob<Record<string, unknown>>(['./en/*.json', '!./en/sentences*.json', '!./en/{anatomy,flags,help,inspector,loops,mend,palette,session,settings,table,terminal}.json'], {
  eager: true,
  import: 'default',
})
