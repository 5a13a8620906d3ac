import i18next from 'i18next'
import type { HistoryRow, Sentence, StepPreview } from '../../workers/protocol.ts'
import { sentenceText } from '../i18n/i18n.ts'

/** The sentence of a step; steps without one are named by who did what. */
export function rowText(row: Pick<HistoryRow, 'actor' | 'what' | 'sentence'>): string {
  const plain = `${actorName(row.actor)}: ${row.what}`
  return row.sentence === null ? plain : sentenceText(row.sentence, plain)
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
  return preview.sentence === null ? name : `${name}: ${linkText(preview.sentence, preview.actor)}`
}
