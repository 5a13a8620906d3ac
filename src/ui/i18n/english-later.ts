/** English texts that nobody sees before the cluster has done something or a panel was opened: fetched after the first paint. */
export const englishLater = import.meta.glob<Record<string, unknown>>(['./en/sentences*.json', './en/{anatomy,flags,help,inspector,loops,mend,palette,session,settings,table,terminal}.json'], {
  eager: true,
  import: 'default',
})
