import { at, child, duplicate, invalidValue, required, type Path } from '../field.ts'
import { isDns1123Label, isDns1123Subdomain } from '../names.ts'
import type { PodSpec } from '../pod-spec.ts'
import { resourceRequirements } from './resources.ts'
import { named, oneOf, type Errors } from './simple.ts'

/** core/validation: ValidatePodSpec. `podName` is '' in a template. */
export function validatePodSpec(spec: PodSpec, _podName: string, path: Path, out: Errors): void {
  const claims = new Set((spec.resourceClaims ?? []).map((c) => c.name))
  if (spec.containers.length === 0) out.push(required(child(path, 'containers')))
  const seen = new Set<string>()
  spec.containers.forEach((c, i) => {
    const here = at(child(path, 'containers'), i)
    if (!c.name) out.push(required(child(here, 'name')))
    else named(isDns1123Label, c.name, child(here, 'name'), out)
    if (seen.has(c.name)) out.push(duplicate(child(here, 'name'), c.name))
    seen.add(c.name)
    if (!c.image) out.push(required(child(here, 'image')))
    else if (c.image.trim() !== c.image) out.push(invalidValue(child(here, 'image'), c.image, 'must not have leading or trailing whitespace'))
    oneOf(c.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], child(here, 'imagePullPolicy'), out)
    if (c.resources) resourceRequirements(c.resources, claims, child(here, 'resources'), out)
  })
  oneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], child(path, 'restartPolicy'), out)
  if (spec.nodeName) named(isDns1123Subdomain, spec.nodeName, child(path, 'nodeName'), out)
}
