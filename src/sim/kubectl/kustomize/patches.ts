import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { splitApiVersion } from '../../api/meta.ts'
import { matches } from '../../api/labels.ts'
import { jsonPatch, JsonPatchError } from '../../api/patch/json-patch.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { strategicMerge, StrategicPatchError } from '../../api/patch/strategic-merge.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { parseSelector } from '../../api/selector-syntax.ts'
import { parseManifest } from '../../manifest/parse.ts'
import { fail } from '../failure.ts'
import type { Selector } from './kustomization.ts'
import { notAResource } from './shapes.ts'
import { asJson, asObject, changed, groupOf, idOf, type Resource } from './resource.ts'

const wholly = (pattern: string | undefined, texts: readonly string[]): boolean => {
  if (!pattern) return true
  try {
    const re = new RegExp(`^(?:${pattern})$`)
    return texts.some((t) => re.test(t))
  } catch {
    return fail(`invalid regular expression in a target: ${pattern}`)
  }
}

function bySelector(text: string | undefined, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (!text) return true
  const parsed = parseSelector(text)
  return typeof parsed === 'string' ? fail(parsed) : matches(parsed, labels)
}

/** Does a target mean this resource? Names and namespaces are regular expressions (kustomize: types/selector.go). */
export function selects(target: Selector, { object, names, spaces }: Resource): boolean {
  const { metadata } = object
  return (
    wholly(target.kind, [object.kind]) && wholly(target.group, [groupOf(object)]) && wholly(target.version, [splitApiVersion(object.apiVersion).version]) && wholly(target.name, names) &&
    wholly(target.namespace, spaces) && bySelector(target.labelSelector, metadata.labels) && bySelector(target.annotationSelector, metadata.annotations)
  )
}

/** The documents of a patch: operations of JSON 6902, or parts of objects. */
export function patchesIn(source: string, text: string): readonly JsonValue[] {
  const { objects, problems } = parseManifest(source, text)
  const [wrong] = problems.filter((p) => p.severity === 'error')
  if (wrong) fail(`unable to parse SM or JSON patch from [${text}]`)
  return objects.map((o) => o.value)
}

/** A strategic merge patch on one resource; undefined where it says that the resource shall go. */
export function merged(resource: Resource, patch: JsonObject, keepName: boolean): Resource | undefined {
  if (patch.$patch === 'delete') return undefined
  const { object } = resource
  const { group, version } = splitApiVersion(object.apiVersion)
  const definition = schemaOf({ group, version, kind: object.kind })
  const live = asJson(object)
  const next = asObject(laid(live, patch, definition))
  const { name, namespace } = object.metadata
  const metadata = { ...next.metadata, ...(keepName ? { name, ...(namespace ? { namespace } : {}) } : {}) }
  return changed(resource, { ...next, ...(keepName ? { kind: object.kind, apiVersion: object.apiVersion } : {}), metadata } as KubeObject)
}

function laid(live: JsonObject, patch: JsonObject, definition: ReturnType<typeof schemaOf>): JsonValue {
  try {
    const next = definition ? strategicMerge(live, patch, definition) : mergePatch(live, patch)
    return notAResource(next) ? fail(`the patch takes away what makes an object: ${notAResource(next)}`) : next
  } catch (problem) {
    if (problem instanceof StrategicPatchError) return fail(problem.message)
    throw problem
  }
}

export function operated(resource: Resource, operations: JsonValue): Resource {
  try {
    const next = jsonPatch(asJson(resource.object), operations)
    const wrong = notAResource(next)
    return wrong ? fail(`the patch takes away what makes an object: ${wrong}`) : changed(resource, asObject(next))
  } catch (problem) {
    if (problem instanceof JsonPatchError) return fail(problem.message)
    throw problem
  }
}

/** Merges a patch without a target into the resource that it names. */
export function mergedByName(resources: readonly Resource[], patch: JsonObject): readonly Resource[] {
  const wrong = notAResource(patch)
  if (wrong) fail(`unable to parse SM or JSON patch from [${JSON.stringify(patch)}]: ${wrong}`)
  const wanted = asObject(patch)
  const fits = (r: Resource): boolean => {
    const { object } = r
    return object.kind === wanted.kind && groupOf(object) === groupOf(wanted) && r.names.includes(wanted.metadata?.name ?? '') && (!wanted.metadata?.namespace || r.spaces.includes(wanted.metadata.namespace))
  }
  if (!resources.some(fits)) fail(`no resource matches strategic merge patch ${JSON.stringify(idOf(wanted))}: no matches for Id ${idOf(wanted)}; failed to find unique target for patch ${idOf(wanted)}`)
  return resources.flatMap((r) => (fits(r) ? (merged(r, patch, true) ?? []) : r))
}
