import type { JsonValue, KubeObject, StringMap } from '../../api/meta.ts'
import { isMap } from '../../api/patch/lists.ts'
import type { LabelSetting } from './kustomization.ts'
import { asJson, asObject, groupOf } from './resource.ts'
import { changeAt, path, type FieldPath } from './tree.ts'

interface Place {
  readonly at: FieldPath
  readonly create: boolean
}

const made = (text: string): Place => ({ at: path(text), create: true })
const there = (text: string): Place => ({ at: path(text), create: false })

const AFFINE: readonly Place[] = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
  there(`spec/template/spec/affinity/${kind}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`),
  there(`spec/template/spec/affinity/${kind}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`),
])
const SPREAD = there('spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels')
const TEMPLATES: Readonly<Record<string, readonly Place[]>> = {
  ReplicationController: [made('spec/template/metadata/labels')],
  Deployment: [made('spec/template/metadata/labels')], ReplicaSet: [made('spec/template/metadata/labels')], DaemonSet: [made('spec/template/metadata/labels')],
  StatefulSet: [made('spec/template/metadata/labels'), made('spec/volumeClaimTemplates/metadata/labels')],
  Job: [made('spec/template/metadata/labels')], CronJob: [made('spec/jobTemplate/metadata/labels'), made('spec/jobTemplate/spec/template/metadata/labels')],
}
/** Selectors that have to follow when labels of pods change (kustomize: konfig/builtinpluginconsts, commonlabels.go). */
const SELECTORS: Readonly<Record<string, readonly Place[]>> = {
  Service: [made('spec/selector')], ReplicationController: [made('spec/selector')],
  Deployment: [made('spec/selector/matchLabels'), ...AFFINE, SPREAD], ReplicaSet: [made('spec/selector/matchLabels')], DaemonSet: [made('spec/selector/matchLabels')],
  StatefulSet: [made('spec/selector/matchLabels'), ...AFFINE, SPREAD],
  Job: [there('spec/selector/matchLabels')], CronJob: [there('spec/jobTemplate/spec/selector/matchLabels')], PodDisruptionBudget: [there('spec/selector/matchLabels')],
  NetworkPolicy: [there('spec/podSelector/matchLabels'), there('spec/ingress/from/podSelector/matchLabels'), there('spec/egress/to/podSelector/matchLabels')],
}
const GROUPS: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'policy', 'networking.k8s.io', 'extensions'])
const OWN = made('metadata/labels')

const add = (object: KubeObject, places: readonly Place[], pairs: StringMap): KubeObject =>
  asObject(places.reduce<JsonValue>((value, { at, create }) => changeAt(value, at, create, (old) => (old === undefined || old === null || isMap(old) ? { ...(old as StringMap | undefined), ...pairs } : old)), asJson(object)))

const known = (table: Readonly<Record<string, readonly Place[]>>, object: KubeObject): readonly Place[] => (GROUPS.has(groupOf(object)) ? (table[object.kind] ?? []) : [])

export function withLabels(object: KubeObject, { pairs = {}, includeSelectors, includeTemplates }: LabelSetting): KubeObject {
  const templates = includeSelectors || includeTemplates ? known(TEMPLATES, object) : []
  const selectors = includeSelectors ? known(SELECTORS, object) : []
  return add(object, [OWN, ...selectors, ...templates], pairs)
}

const ANNOTATED: Readonly<Record<string, readonly Place[]>> = Object.fromEntries(
  Object.entries(TEMPLATES).map(([kind, places]) => [kind, places.filter((p) => !p.at.includes('volumeClaimTemplates')).map((p) => made(p.at.join('/').replace(/labels$/, 'annotations')))]),
)

export const withAnnotations = (object: KubeObject, pairs: StringMap): KubeObject => add(object, [made('metadata/annotations'), ...known(ANNOTATED, object)], pairs)
