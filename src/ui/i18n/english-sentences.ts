/** The simulation's sentences in English; the first one is needed only when the cluster has done something. */
export const englishSentences = import.meta.glob<Record<string, unknown>>('./en/sentences*.json', { eager: true, import: 'default' })
