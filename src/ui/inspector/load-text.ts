/** The courses that a load can take, with the fields of each and what they are to begin with. */
export const COURSES = {
  cpu: {
    keep: {},
    constant: { value: '200m' },
    ramp: { from: '50m', to: '800m', over: '2m' },
    spike: { base: '100m', peak: '900m', lasts: '30s', every: '5m' },
    leak: { from: '50m', perSecond: '5m' },
  },
  memory: {
    keep: {},
    constant: { value: '64Mi' },
    ramp: { from: '32Mi', to: '256Mi', over: '2m' },
    spike: { base: '32Mi', peak: '200Mi', lasts: '30s', every: '5m' },
    leak: { from: '20Mi', perSecond: '1Mi' },
  },
} as const satisfies Record<string, Record<string, Readonly<Record<string, string>>>>

export type Resource = keyof typeof COURSES
export type Course = keyof (typeof COURSES)['cpu']
/** A course with the values of its fields. */
export interface Chosen {
  readonly course: Course
  readonly fields: Readonly<Record<string, string>>
}

const QUANTITY = /^\d+(?:\.\d+)?(?:m|k|Ki|Mi|Gi|M|G)?$/
const DURATION = /^\d+(?:\.\d+)?(?:s|m|h)?$/
const DURATIONS: ReadonlySet<string> = new Set(['over', 'lasts', 'every'])

/** The first field that is no quantity (or duration); undefined when all are well. */
export const badField = ({ fields }: Chosen): string | undefined => Object.keys(fields).find((name) => !(DURATIONS.has(name) ? DURATION : QUANTITY).test(fields[name]!))

/** "cpu=ramp:50m:800m:2m"; undefined where nothing is declared. */
export function wordOf(resource: Resource, { course, fields }: Chosen): string | undefined {
  if (course === 'keep') return undefined
  const values = Object.keys(COURSES[resource][course]).map((name) => fields[name] ?? '')
  return course === 'constant' ? `${resource}=${values[0]}` : `${resource}=${course}:${values.join(':')}`
}

/** The value of the annotation; undefined where nothing is declared. `at`: virtual time, µs since the epoch of the simulation. */
export function loadText(chosen: Readonly<Record<Resource, Chosen>>, at: number): string | undefined {
  const words = (Object.keys(chosen) as Resource[]).map((resource) => wordOf(resource, chosen[resource])).filter((word) => word !== undefined)
  if (words.length === 0) return undefined
  return [...words, `since=${new Date(Date.UTC(2026, 0, 1) + Math.floor(at / 1000)).toISOString()}`].join(' ')
}

export type Target = 'pods' | 'template' | 'namespace'

interface Place {
  readonly resource: string
  readonly name: string
  readonly namespace: string
  /** "app=web": the pods of a workload. */
  readonly selector: string
  readonly container: string | null
  readonly target: Target
  /** Is the ConfigMap of the namespace there already? */
  readonly hasConfigMap: boolean
}

const ANNOTATION = 'orrery.dev/load'

/** The kubectl command that declares a load (or takes it back) where it is wanted. */
export function loadCommand(place: Place, text: string | undefined, chosen: Readonly<Record<Resource, Chosen>>): readonly string[] {
  const { resource, name, namespace, selector, container, target, hasConfigMap } = place
  const key = container === null ? ANNOTATION : `${ANNOTATION}.${container}`
  const where = ['-n', namespace]
  if (target === 'namespace') {
    if (text === undefined) return ['delete', 'configmap', 'load', ...where, '--ignore-not-found']
    const data = (Object.keys(chosen) as Resource[]).filter((one) => chosen[one].course === 'constant').map((one) => [one, chosen[one].fields['value'] ?? ''] as const)
    if (!hasConfigMap) return ['create', 'configmap', 'load', ...where, ...data.map(([one, value]) => `--from-literal=${one}=${value}`)]
    return ['patch', 'configmap', 'load', ...where, '--type=merge', '-p', JSON.stringify({ data: Object.fromEntries(data) })]
  }
  if (target === 'template') return ['patch', resource, name, ...where, '--type=merge', '-p', JSON.stringify({ spec: { template: { metadata: { annotations: { [key]: text ?? null } } } } })]
  const what = resource === 'pods' ? ['pod', name] : ['pods', '-l', selector]
  return ['annotate', ...what, ...where, text === undefined ? `${key}-` : `${key}=${text}`, ...(text === undefined ? [] : ['--overwrite'])]
}
