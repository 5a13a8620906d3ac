import { at, child, duplicate, forbiddenField, notFoundValue, type Path } from '../field.ts'
import type { Container, EphemeralContainer } from '../container.ts'
import { common, trimmed, type PodContext } from './container.ts'
import type { Errors } from './simple.ts'

/** Members that only containers that are part of the workload may have, in the order of Go's struct. */
const NOT_ALLOWED = ['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const
const WORDS = 'cannot be set for an Ephemeral Container'

const isSet = (value: unknown): boolean => {
  if (value === undefined || value === null) return false
  for (const _key in value as object) return true
  return typeof value !== 'object'
}

function one(c: EphemeralContainer, path: Path, out: Errors): void {
  for (const key of NOT_ALLOWED) if (isSet((c as Container)[key])) out.push(forbiddenField(child(path, key), WORDS))
  c.volumeMounts?.forEach((m, j) => {
    const mount = at(child(path, 'volumeMounts'), j)
    if (m.subPath) out.push(forbiddenField(child(mount, 'subPath'), WORDS))
    if (m.subPathExpr) out.push(forbiddenField(child(mount, 'subPathExpr'), WORDS))
  })
}

/** core/validation: validateEphemeralContainers. */
export function ephemeralContainers(ctx: PodContext, path: Path, out: Errors): void {
  const list = ctx.spec.ephemeralContainers
  if (!list?.length) return
  const others = new Set([...(ctx.spec.containers ?? []), ...(ctx.spec.initContainers ?? [])].map((c) => c.name))
  const taken = new Set(others)
  list.forEach((c, i) => {
    const here = at(path, i)
    common(c as Container, ctx, here, out)
    trimmed(c as Container, here, out)
    if (taken.has(c.name)) out.push(duplicate(child(here, 'name'), c.name))
    taken.add(c.name)
    if (c.targetContainerName && !others.has(c.targetContainerName)) out.push(notFoundValue(child(here, 'targetContainerName'), c.targetContainerName))
    one(c, here, out)
  })
}
