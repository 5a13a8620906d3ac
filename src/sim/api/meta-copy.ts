import type { KubeObject, ObjectMeta } from './meta.ts'

/** Metadata in the making: its maker may write it until it is handed on. */
export type DraftMeta = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] }

/**
 * Metadata with `identity`, and what else a client may say as `meta` has it; members in one order, undefined ones left out.
 * Written out because it is made at every write of every kind: spreads over so many shapes, and additions to what a spread
 * has cloned, are what V8 is slowest at.
 */
function draftOf(meta: ObjectMeta, name: string, namespace: string | undefined, uid: string | undefined, resourceVersion: string | undefined, creationTimestamp: string | undefined, generation: number | undefined): DraftMeta {
  const { generateName, labels, annotations, ownerReferences, finalizers } = meta
  const draft: DraftMeta = { name }
  if (generateName !== undefined) draft.generateName = generateName
  if (namespace !== undefined) draft.namespace = namespace
  if (uid !== undefined) draft.uid = uid
  if (resourceVersion !== undefined) draft.resourceVersion = resourceVersion
  if (creationTimestamp !== undefined) draft.creationTimestamp = creationTimestamp
  if (generation !== undefined) draft.generation = generation
  if (labels !== undefined) draft.labels = labels
  if (annotations !== undefined) draft.annotations = annotations
  if (ownerReferences !== undefined) draft.ownerReferences = ownerReferences
  if (finalizers !== undefined) draft.finalizers = finalizers
  return draft
}

/** A copy that its maker may write to; `resourceVersion` is that of `meta` unless given. */
export function draftMeta(meta: ObjectMeta, resourceVersion = meta.resourceVersion): DraftMeta {
  const { deletionTimestamp, deletionGracePeriodSeconds, managedFields, selfLink } = meta
  const draft = draftOf(meta, meta.name, meta.namespace, meta.uid, resourceVersion, meta.creationTimestamp, meta.generation)
  if (deletionTimestamp !== undefined) draft.deletionTimestamp = deletionTimestamp
  if (deletionGracePeriodSeconds !== undefined) draft.deletionGracePeriodSeconds = deletionGracePeriodSeconds
  if (managedFields !== undefined) draft.managedFields = managedFields
  if (selfLink !== undefined) draft.selfLink = selfLink
  return draft
}

/** A new object's metadata: what the client may say (`sent`), and what the server stamps (registry/rest: BeforeCreate). */
export const createdMeta = (sent: ObjectMeta, name: string, namespace: string | undefined, uid: string, creationTimestamp: string): DraftMeta =>
  draftOf(sent, name, namespace ?? sent.namespace, uid, undefined, creationTimestamp, sent.generation)

/** An update's metadata: fields that only the server writes are those of `old`, whatever the client sent (registry/rest: BeforeUpdate). */
export function updatedMeta(sent: ObjectMeta, old: ObjectMeta): DraftMeta {
  // An unconditional update takes over the stored version.
  const draft = draftOf(sent, sent.name, old.namespace || sent.namespace, sent.uid || old.uid, old.resourceVersion, old.creationTimestamp, old.generation)
  if (!old.deletionTimestamp) return draft
  draft.deletionTimestamp = old.deletionTimestamp
  if (old.deletionGracePeriodSeconds !== undefined) draft.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds
  return draft
}

/**
 * The object with other metadata. Set after the copy, as `{ ...object, metadata }` takes V8 three times as long where objects
 * of many kinds pass.
 */
export function withMetadata(object: KubeObject, metadata: ObjectMeta): KubeObject {
  const copy: { -readonly [K in keyof KubeObject]: KubeObject[K] } = { ...object }
  copy.metadata = metadata
  return copy
}
