import { invalidValue, type FieldError } from '../../../api/field.ts'
import type { StringMap } from '../../../api/meta.ts'

export type Level = 'privileged' | 'baseline' | 'restricted'

/** A level at a minor version of its definition; `latest` where none is named. */
export interface LevelVersion {
  readonly level: Level
  readonly minor: number | 'latest'
}

export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted']
const PREFIX = 'pod-security.kubernetes.io/'
const OPEN: LevelVersion = { level: 'privileged', minor: 'latest' }
const NO_POLICY: { readonly policy: Policy; readonly errors: readonly FieldError[] } = { policy: { enforce: OPEN, audit: OPEN, warn: OPEN }, errors: [] }

export const levelText = ({ level, minor }: LevelVersion): string => `${level}:${minor === 'latest' ? minor : `v1.${minor}`}`
export const isFullyPrivileged = ({ enforce, audit, warn }: Policy): boolean => enforce.level === 'privileged' && audit.level === 'privileged' && warn.level === 'privileged'
/** More than 0 when `a` is stricter. */
export const compareLevels = (a: Level, b: Level): number => LEVELS.indexOf(a) - LEVELS.indexOf(b)

const known = new WeakMap<StringMap, typeof NO_POLICY>()

/** What a namespace's labels ask for (pod-security-admission: api/helpers.go, PolicyToEvaluate). Remembered by the labels' identity. */
export function policyOf(labels: StringMap | undefined): typeof NO_POLICY {
  if (!labels) return NO_POLICY
  let found = known.get(labels)
  if (!found) known.set(labels, (found = Object.keys(labels).some((key) => key.startsWith(PREFIX)) ? read(labels) : NO_POLICY))
  return found
}

function read(labels: StringMap): typeof NO_POLICY {
  const errors: FieldError[] = []
  const wrong = (label: string, value: string, why: string): void => void errors.push(invalidValue(`metadata.labels[${PREFIX}${label}]`, value, why))
  const mode = (name: string, failed: Level): LevelVersion => {
    const given = labels[`${PREFIX}${name}`]
    const version = labels[`${PREFIX}${name}-version`]
    const isLevel = given === undefined || (LEVELS as readonly string[]).includes(given)
    if (!isLevel) wrong(name, given, `must be one of ${LEVELS.join(', ')}`)
    const minor = version === undefined || version === 'latest' ? 'latest' : /^v1\.(\d|[1-9]\d*)$/.test(version) ? Number(version.slice(3)) : undefined
    if (minor === undefined) wrong(`${name}-version`, version!, 'must be "latest" or "v1.x"')
    return { level: isLevel ? ((given as Level | undefined) ?? 'privileged') : failed, minor: minor ?? 'latest' }
  }
  const enforce = mode('enforce', 'restricted')
  const audit = mode('audit', 'privileged')
  const warn = mode('warn', 'privileged')
  const isEnforced = (LEVELS as readonly string[]).includes(labels[`${PREFIX}enforce`] ?? '')
  const follows = labels[`${PREFIX}warn`] === undefined && isEnforced && compareLevels(enforce.level, warn.level) > 0
  const minor = labels[`${PREFIX}warn-version`] === undefined ? enforce.minor : warn.minor
  return { policy: { enforce, audit, warn: follows ? { level: enforce.level, minor } : warn }, errors }
}
