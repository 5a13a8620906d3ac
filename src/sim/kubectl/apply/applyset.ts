import { base64OfBytes } from '../../api/base64.ts'
import type { KubeList, KubeObject } from '../../api/meta.ts'
import { sha256 } from '../../api/sha256.ts'
import { isConflict, isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import { VERSION } from '../client-version.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { discovery } from '../discovery.ts'
import { klog, type DryRun } from '../dry-run.ts'
import { fail } from '../failure.ts'
import { preferredKinds } from '../preferred-kinds.ts'
import type { Report } from '../report.ts'
import { apiVersionOf, deleteTarget, getTarget, listTarget, patchTarget, type Target } from '../resources.ts'

const TOOLING = 'applyset.kubernetes.io/tooling'
const NAMESPACES = 'applyset.kubernetes.io/additional-namespaces'
const KINDS = 'applyset.kubernetes.io/contains-group-kinds'
const OLD_RESOURCES = 'applyset.kubernetes.io/contains-group-resources'
const ID = 'applyset.kubernetes.io/id'
const PART_OF = 'applyset.kubernetes.io/part-of'
const IS_PARENT = 'applyset.kubernetes.io/is-parent-type'
const TOOL = 'kubectl'
const MANAGER = `${TOOL}-applyset`

/** The object that keeps account of a set; for namespaced kinds its namespace is that of -n. */
type Parent = Target & { readonly name: string }

/** Which kinds and namespaces members of a set may be found in. */
interface Extent {
  readonly kinds: ReadonlyMap<string, KindDefinition>
  readonly namespaces: readonly string[]
}

const NOTHING: Extent = { kinds: new Map(), namespaces: [] }
const isBuiltIn = ({ kind }: Parent): boolean => kind.group === '' && (kind.plural === 'secrets' || kind.plural === 'configmaps')
const groupKind = ({ group, kind }: Pick<KindDefinition, 'group' | 'kind'>): string => (group ? `${kind}.${group}` : kind)
const shown = ({ kind, name }: Parent): string => JSON.stringify(`${kind.plural}.${kind.group}/${name}`)
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort()

/** --applyset=[RESOURCE[.GROUP]/]NAME, a Secret where no type is given. */
function parentOf(inv: Invocation): Parent {
  const text = inv.flags.text('applyset')
  const slash = text.indexOf('/')
  const [type, name] = slash < 0 ? ['secrets', text] : [text.slice(0, slash), text.slice(slash + 1)]
  const invalid = (why: string): never => fail(`invalid parent reference ${JSON.stringify(text)}: ${why}`)
  if (name === '') return invalid('name cannot be blank')
  const dot = type.indexOf('.')
  const kind = discovery.resourceFor(type) ?? invalid(`no matches for ${dot < 0 ? '' : type.slice(dot + 1)}/, Resource=${dot < 0 ? type : type.slice(0, dot)}`)
  return { kind, name, namespace: kind.namespaced && inv.namespaceGiven ? inv.namespace : undefined }
}

/** A set of applied objects with a parent that keeps account of them, so that what is no longer in the files is found (KEP-3659; kubectl: cmd/apply, applyset.go). */
export class ApplySet {
  readonly #ctx: KubectlContext
  readonly #inv: Invocation
  readonly #dryRun: DryRun
  readonly #parent: Parent
  /** The label of members and of the parent. */
  readonly id: string
  /** What the set spanned before this command, and what it spans after. */
  #before = NOTHING
  #after = NOTHING

  constructor(ctx: KubectlContext, inv: Invocation, dryRun: DryRun) {
    this.#ctx = ctx
    this.#inv = inv
    this.#dryRun = dryRun
    this.#parent = parentOf(inv)
    const { kind, name, namespace = '' } = this.#parent
    const hash = base64OfBytes(sha256([name, namespace, kind.kind, kind.group].join('.')))
    this.id = `applyset-${hash.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}-v1`
  }

  /** Refuses flags that do not go together, and parents of kinds that may be none. */
  validate(): void {
    const { flags } = this.#inv
    if (!flags.bool('prune')) fail('--applyset requires --prune')
    const { kind, namespace } = this.#parent
    const problems = [
      ...(kind.namespaced && !namespace ? ['namespace is required to use namespace-scoped ApplySet'] : []),
      ...(isBuiltIn(this.#parent) || this.#isParentType(kind) ? [] : [`resource ${JSON.stringify(`${kind.group}/${kind.version}, Resource=${kind.plural}`)} is not permitted as an ApplySet parent`]),
    ]
    if (problems.length > 0) fail(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`)
    if (flags.bool('force')) fail('--force cannot be used with --prune')
    if (flags.bool('all')) fail('--all is incompatible with --applyset')
    if (flags.text('selector')) fail('--selector is incompatible with --applyset')
    if (flags.list('prune-allowlist').length > 0) fail('--prune-allowlist is incompatible with --applyset')
  }

  #isParentType({ group, plural }: KindDefinition): boolean {
    const crds = discovery.kindFor({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' })!
    const listed = this.#ctx.call(listTarget({ kind: crds }, { labelSelector: IS_PARENT })) as unknown
    if (isStatus(listed)) return fail(`identifying allowed custom resource parent types: ${listed.message ?? ''}`)
    return (listed as KubeList).items.some(({ metadata }) => metadata.name === `${plural}.${group}`)
  }

  /** A member with its label. */
  labelled(object: KubeObject): KubeObject {
    if (object.metadata.labels?.[PART_OF] !== undefined) fail(`ApplySet label ${JSON.stringify(PART_OF)} already set in input data`)
    return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [PART_OF]: this.id } } }
  }

  /** Reads the parent and widens it to what will be applied, so that nothing is lost when the command does not come to its end. */
  before(members: readonly Target[]): void {
    this.#before = this.#fetch()
    this.#after = {
      kinds: new Map(members.map(({ kind }) => [groupKind(kind), kind])),
      namespaces: unique(members.flatMap(({ kind, namespace }) => (kind.namespaced && namespace ? [namespace] : []))),
    }
    this.#update({ kinds: new Map([...this.#before.kinds, ...this.#after.kinds]), namespaces: unique([...this.#before.namespaces, ...this.#after.namespaces]) })
  }

  #fetch(): Extent {
    const parent = this.#parent
    const found = this.#ctx.call(getTarget(parent)) as KubeObject | Status
    if (isNotFound(found)) return isBuiltIn(parent) ? NOTHING : fail('custom resource ApplySet parents cannot be created automatically')
    if (isStatus(found)) return fail(`failed to fetch ApplySet parent object ${shown(parent)}: ${found.message ?? ''}`)
    const { labels = {}, annotations = {} } = found.metadata
    const tooling = annotations[TOOLING]
    if (tooling === undefined) return fail(`ApplySet parent object ${shown(parent)} already exists and is missing required annotation ${JSON.stringify(TOOLING)}`)
    const tool = tooling.includes('/') ? tooling.slice(0, tooling.lastIndexOf('/')) : tooling
    if (tool !== TOOL) return fail(`ApplySet parent object ${shown(parent)} already exists and is managed by tooling ${JSON.stringify(tool)} instead of ${JSON.stringify(TOOL)}`)
    const id = labels[ID]
    if (id === undefined) return fail(`ApplySet parent object ${shown(parent)} exists and does not have required label ${ID}`)
    if (id !== this.id) return fail(`ApplySet parent object ${shown(parent)} exists and has incorrect value for label ${JSON.stringify(ID)} (got: ${id}, want: ${this.id})`)
    const namespaces = (annotations[NAMESPACES] ?? '').split(',').filter(Boolean)
    return { kinds: this.#kindsIn(annotations), namespaces: unique([...namespaces, ...(parent.namespace ? [parent.namespace] : [])]) }
  }

  #kindsIn(annotations: Readonly<Record<string, string>>): ReadonlyMap<string, KindDefinition> {
    const wrong = (why: string): never => fail(`parsing ApplySet annotation on ${shown(this.#parent)}: ${why}`)
    const [kinds, resources] = [annotations[KINDS], annotations[OLD_RESOURCES]]
    if (kinds === undefined && !resources) return wrong(`kubectl requires the ${JSON.stringify(KINDS)} annotation to be set on all ApplySet parent objects`)
    const found = new Map<string, KindDefinition>()
    for (const text of (kinds ?? resources!).split(',').filter(Boolean)) {
      const kind = kinds === undefined ? discovery.resourceFor(text) : kindNamed(text)
      if (!kind) return wrong(kinds === undefined ? `invalid group resource in ${JSON.stringify(OLD_RESOURCES)} annotation: no matches for /, Resource=${text}` : `could not find mapping for kind in ${JSON.stringify(KINDS)} annotation: no matches for kind ${JSON.stringify(text.split('.')[0])} in group ${JSON.stringify(text.split('.').slice(1).join('.'))}`)
      found.set(groupKind(kind), kind)
    }
    return found
  }

  /** Writes what the set spans into the parent, by server-side apply; only kubectl should own these fields. */
  #update({ kinds, namespaces }: Extent): void {
    if (this.#dryRun === 'client') return
    const { kind, name, namespace } = this.#parent
    const annotations = { [TOOLING]: `${TOOL}/${VERSION}`, [KINDS]: [...kinds.keys()].sort().join(','), [NAMESPACES]: namespaces.filter((n) => n !== namespace).join(',') }
    const body = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name, ...(namespace ? { namespace } : {}), annotations, labels: { [ID]: this.id } } } as KubeObject
    const send = (force: boolean): unknown => this.#ctx.call(patchTarget(this.#parent, body, 'apply', { fieldManager: MANAGER, force, ...(this.#dryRun === 'server' ? { dryRun: true } : {}) }))
    let answer = send(false)
    if (isStatus(answer) && isConflict(answer)) {
      klog(this.#ctx, `applyset.go:475] WARNING: failed to update ApplySet: ${answer.message ?? ''}\nApplySet field manager ${MANAGER} should own these fields. Retrying with conflicts forced.`)
      answer = send(true)
    }
    if (isStatus(answer)) fail(`failed to update ApplySet: ${answer.message ?? ''}`)
  }

  /** Deletes members that were not applied this time, then narrows the parent to what is left. */
  prune(applied: readonly Target[], report: Report): void {
    const kept = new Set((this.#ctx.all(applied.map((t) => getTarget(t))) as readonly (KubeObject | Status)[]).flatMap((o) => (isStatus(o) ? [] : [o.metadata.uid])))
    const places = [...this.#before.kinds.keys()].sort().map((key) => this.#before.kinds.get(key)!)
      .flatMap((kind): readonly Target[] => (kind.namespaced ? this.#before.namespaces.map((namespace) => ({ kind, namespace })) : [{ kind }]))
    const leaving = places.flatMap((place) => {
      const listed = this.#ctx.call(listTarget(place, { labelSelector: `${PART_OF}=${this.id}` })) as unknown
      if (isStatus(listed)) return fail(`listing ${apiVersionOf(place.kind)}, Kind=${place.kind.kind} objects for pruning: ${listed.message ?? ''}`)
      return (listed as KubeList).items.filter(({ metadata }) => !kept.has(metadata.uid)).map((item) => ({ place, item }))
    })
    for (const { place, item } of leaving) this.#remove({ ...place, name: item.metadata.name }, item, report)
    this.#update(this.#after)
  }

  #remove(target: Target, item: KubeObject, report: Report): void {
    if (this.#dryRun !== 'client') {
      const { flags } = this.#inv
      const grace = flags.given('grace-period') && flags.int('grace-period') >= 0 ? { gracePeriodSeconds: flags.int('grace-period') } : {}
      const gone = this.#ctx.call(deleteTarget(target, { propagationPolicy: 'Background', ...grace, ...(this.#dryRun === 'server' ? { dryRun: true } : {}) })) as unknown
      if (isStatus(gone) && gone.status === 'Failure') fail(`pruning ${groupKind(target.kind)} ${target.namespace ? `${target.namespace}/` : ''}${target.name ?? ''}: ${gone.message ?? ''}`)
    }
    report.done(target, 'pruned', { ...item, apiVersion: item.apiVersion ?? apiVersionOf(target.kind), kind: item.kind ?? target.kind.kind })
  }
}

/** The kind of a text such as "Deployment.apps", in its preferred version. */
function kindNamed(text: string): KindDefinition | undefined {
  const found = preferredKinds().find((kind) => groupKind(kind) === text)
  return found && discovery.kindFor(found)
}
