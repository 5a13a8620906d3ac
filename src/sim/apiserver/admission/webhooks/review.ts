import type { JsonValue, KubeObject } from '../../../api/meta.ts'
import { hashText } from '../../../engine/hash.ts'
import type { Matched } from './matching.ts'

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions', CONNECT: '' } as const

/** A uid that the same request at the same instant always has; nothing stores it. */
export function uidOf(text: string): string {
  const hex = [1, 2, 3, 4].map((seed) => hashText(text, seed).toString(16).padStart(8, '0').slice(-8)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The question to a webhook, in the first version that it takes (apiserver: webhook/request, admissionreview.go); undefined when it takes none. */
export function reviewOf({ hook, occasion, seen }: Matched, object: KubeObject | undefined): { readonly uid: string; readonly review: JsonValue } | undefined {
  const version = hook.admissionReviewVersions?.find((v) => v === 'v1' || v === 'v1beta1')
  if (!version) return undefined
  const { exec, operation } = occasion
  const { who, options, subresource, namespace } = exec
  const old = seen.old
  const name = exec.name || (object ?? old)?.metadata?.name || ''
  const isConnection = operation === 'CONNECT'
  const gvk = isConnection ? { group: '', version: 'v1', kind: object!.kind } : { group: exec.kind.group, version: exec.kind.version, kind: exec.kind.kind }
  const gvr = { group: exec.kind.group, version: exec.kind.version, resource: exec.kind.plural }
  const uid = uidOf(`${exec.now} ${hook.name} ${operation} ${gvr.resource} ${namespace ?? ''}/${name}`)
  const request = {
    uid,
    kind: isConnection ? gvk : { ...gvk, group: seen.kind.group, version: seen.kind.version, kind: seen.kind.kind },
    resource: { ...gvr, group: seen.kind.group, version: seen.kind.version },
    ...(subresource ? { subResource: subresource } : {}),
    requestKind: gvk,
    requestResource: gvr,
    ...(subresource ? { requestSubResource: subresource } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: { username: who.name, ...(who.uid ? { uid: who.uid } : {}), groups: who.groups, ...(who.extra ? { extra: who.extra } : {}) },
    object: object ?? null,
    oldObject: old ?? null,
    dryRun: options.dryRun ?? false,
    options: isConnection ? null : { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1', ...(options.dryRun ? { dryRun: ['All'] } : {}), ...(options.fieldManager ? { fieldManager: options.fieldManager } : {}) },
  }
  return { uid, review: { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request } as unknown as JsonValue }
}
