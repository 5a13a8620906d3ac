import type { KubeObject } from '../../api/meta.ts'
import type { Invocation, KubectlContext } from '../context.ts'

/** Makes an object from flags; fields in the order of the Go structs. */
export interface Generator {
  /** Stands before the server's message when it refuses ("failed to create job: "); without it the refusal is told as always. */
  readonly failed?: string
  /** Words after the name are the command of a container. */
  readonly command?: boolean
  make(ctx: KubectlContext, inv: Invocation, name: string): KubeObject
}

export const objectOf = (kind: string, apiVersion: string, rest: object): KubeObject => ({ kind, apiVersion, ...rest }) as unknown as KubeObject

/** "10%" stays a text, "10" becomes a number (intstr.Parse). */
export const intOrText = (text: string): number | string => (/^[+-]?\d+$/.test(text) ? Number(text) : text)
