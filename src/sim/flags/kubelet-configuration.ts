import { goQuote } from '../api/field.ts'
import type { JsonObject, JsonValue } from '../api/meta.ts'
import { change, togetherProblem } from './changing.ts'
import { idOf, isRefused, type Flag } from './flag.ts'
import type { Flags } from './flags.ts'
import { KUBELET_FIELDS } from './kubelet-fields.ts'
import { jsonOf, textIn, wrongType } from './kubelet-json.ts'
import { KUBELET_FLAGS } from './kubelet.ts'

export const KUBELET_GROUP = 'kubelet.config.k8s.io'
export const KUBELET_KIND = 'KubeletConfiguration'

/** Something about a field of the file: `path` '' is the whole. Warnings are fields that do nothing here. */
export interface FileProblem {
  readonly path: string
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** Does the object claim to be a kubelet's file? */
export const isKubeletConfiguration = (object: JsonObject): boolean => object['kind'] === KUBELET_KIND && String(object['apiVersion'] ?? '').startsWith(`${KUBELET_GROUP}/`)

/** Everything wrong with a file, and what of it does nothing here (pkg/kubelet/kubeletconfig: strict decoding, then validation). */
export function kubeletFileProblems(flags: Flags, object: JsonObject): readonly FileProblem[] {
  const error = (path: string, message: string): FileProblem => ({ path, message, severity: 'error' })
  if (object['apiVersion'] !== `${KUBELET_GROUP}/v1beta1`) return [error('apiVersion', `no kind ${goQuote(KUBELET_KIND)} is registered for version ${goQuote(String(object['apiVersion']))}`)]
  const problems: FileProblem[] = []
  const acting = new Set(KUBELET_FLAGS.map(({ name }) => name.split('.')[0]!))
  for (const field of Object.keys(object)) {
    if (field === 'apiVersion' || field === 'kind') continue
    if (!KUBELET_FIELDS.has(field)) problems.push(error(field, `strict decoding error: unknown field ${goQuote(field)}`))
    else if (!acting.has(field)) problems.push({ path: field, message: `${field} does nothing here: it is not modelled`, severity: 'warning' })
  }
  const values = new Map<Flag, unknown>()
  for (const flag of KUBELET_FLAGS) {
    const text = textIn(object, flag)
    if (text === undefined) continue
    const value = flag.parse(text)
    const message = wrongType(object, flag) ?? (isRefused(value) ? value.problem : undefined)
    if (message !== undefined) problems.push(error(flag.name, message))
    else values.set(flag, value)
  }
  const together = togetherProblem((flag) => (values.has(flag) ? values.get(flag) : flag.component === 'kubelet' ? flag.initial : flags.get(flag)))
  return together === undefined ? problems : [...problems, error('', together)]
}

/** Takes a file over that has no errors: what it does not name goes back to the default. Gives back the settings that changed. */
export function takeKubeletFile(flags: Flags, object: JsonObject): readonly string[] {
  return KUBELET_FLAGS.filter((flag) => change(flags, { flag: idOf(flag), value: textIn(object, flag) ?? null })).map(idOf)
}

/** The file that the kubelets run with: all fields that act, with their defaults. */
export function kubeletFile(flags: Flags): JsonObject {
  const out: Record<string, JsonValue> = { apiVersion: `${KUBELET_GROUP}/v1beta1`, kind: KUBELET_KIND }
  for (const flag of KUBELET_FLAGS) {
    const parts = flag.name.split('.')
    let at = out
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Record<string, JsonValue>
    at[parts.at(-1)!] = jsonOf(flag, flags.textOf(flag))
  }
  return out
}
