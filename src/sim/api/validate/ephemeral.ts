import { at, child, duplicate, forbiddenField, invalidValue, notFoundValue, required, type Path } from '../field.ts'
import { isDns1123Label } from '../names.ts'
import type { PodSpec } from '../pod-spec.ts'
import { env, envFrom } from './env.ts'
import { named, oneOf, type Errors } from './simple.ts'

const NOT_ALLOWED = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy', 'restartPolicy'] as const

/** core/validation: validateEphemeralContainers. */
export function ephemeralContainers(spec: PodSpec, path: Path, out: Errors): void {
  const list = spec.ephemeralContainers
  if (!list) return
  const taken = new Set([...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.name))
  const others = new Set(spec.containers.map((c) => c.name))
  list.forEach((c, i) => {
    const here = at(path, i)
    if (!c.name) out.push(required(child(here, 'name')))
    else named(isDns1123Label, c.name, child(here, 'name'), out)
    if (!c.image) out.push(required(child(here, 'image')))
    oneOf(c.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], child(here, 'terminationMessagePolicy'), out)
    env(c.env, child(here, 'env'), out)
    envFrom(c.envFrom, child(here, 'envFrom'), out)
    oneOf(c.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], child(here, 'imagePullPolicy'), out)
    if (taken.has(c.name)) out.push(duplicate(child(here, 'name'), c.name))
    taken.add(c.name)
    if (c.targetContainerName && !others.has(c.targetContainerName)) out.push(notFoundValue(child(here, 'targetContainerName'), c.targetContainerName))
    for (const key of NOT_ALLOWED) if (c[key] !== undefined) out.push(invalidValue(child(here, key), c[key], 'cannot be set for an Ephemeral Container'))
    const resources = c.resources
    if (resources && (resources.limits || resources.requests || resources.claims)) out.push(invalidValue(child(here, 'resources'), resources, 'cannot be set for an Ephemeral Container'))
    c.volumeMounts?.forEach((m, j) => {
      const mount = at(child(here, 'volumeMounts'), j)
      if (m.subPath) out.push(forbiddenField(child(mount, 'subPath'), 'cannot be set for an Ephemeral Container'))
      if (m.subPathExpr) out.push(forbiddenField(child(mount, 'subPathExpr'), 'cannot be set for an Ephemeral Container'))
    })
  })
}
