import type { KubeObject } from '../../sim/index.ts'
import type { Sentence } from '../protocol.ts'

/** A way to mend a text: what it does, as a sentence of namespace "mend" (`fix.<id>`), and the whole text afterwards. */
export interface Fix {
  readonly title: Sentence
  readonly text: string
}

/** A finding of the server (or of kubectl's client side) about one object of a text. */
export interface Finding {
  /** The whole text, and the line at which the object's document begins, from 1. */
  readonly text: string
  readonly line: number
  readonly object: KubeObject
  /** The field that the message is about; '' for the whole object. */
  readonly path: string
  readonly message: string
}

export const fix = (id: string, params: Sentence['params'], text: string): Fix => ({ title: { id, params }, text })
