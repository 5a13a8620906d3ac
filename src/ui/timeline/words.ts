import i18next from 'i18next'
import type { HistoryRow, Sentence, StepPreview } from '../../workers/protocol.ts'
import { sentenceText } from '../i18n/i18n.ts'

/** The sentence of a step; steps without one are named by who did what. */
export function rowText(row: Pick<HistoryRow, 'actor' | 'what' | 'sentence'>): string {
  const plain = `${actorName(row.actor)}: ${i18next.t(`silent.${row.what}`, { ns: 'loops', defaultValue: row.what })}`
  return row.sentence === null ? plain : sentenceText(row.sentence, plain)
}

/** The sentence as it reads after its actor's name: a sentence that begins with that name loses it. */
export function afterName(actor: string, words: string): string {
  const name = actorName(actor)
  for (const lead of [`${name}: `, `${name} `, `${actor} `, `The ${name} `]) if (words.startsWith(lead)) return words.slice(lead.length)
  return words
}

export function linkText(sentence: Sentence, actor: string): string {
  return sentenceText(sentence, `${actorName(actor)}: ${sentence.id}`)
}

/** Who acts, as one reads it: "kubelet node-1", "you". */
export function actorName(actor: string): string {
  if (/^(user|command|kubectl|you)\b/.test(actor)) return i18next.t('you', { ns: 'timeline' })
  const known = i18next.t(`actors.${actor}`, { ns: 'timeline', defaultValue: '' })
  return known === '' ? actor.replace('/', ' ') : known
}

/** What a step button would do, in a few words: "replicaset-controller: …". */
export function previewText(preview: StepPreview): string {
  const name = actorName(preview.actor)
  return preview.sentence === null ? name : `${name}: ${afterName(preview.actor, linkText(preview.sentence, preview.actor))}`
}
