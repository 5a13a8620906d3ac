import type { Pod } from '../api/pod.ts'

/** An image without a tag is the one tagged latest; the registry is not filled in. */
const withTag = (image: string): string => (image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image)

/** The images that a pod's containers and volumes need, as nodes report them (plugins/imagelocality: normalizedImageName). */
export function imagesWanted({ spec }: Pod): readonly string[] {
  const names: string[] = []
  if (spec.initContainers) for (const c of spec.initContainers) names.push(withTag(c.image ?? ''))
  for (const c of spec.containers) names.push(withTag(c.image ?? ''))
  if (spec.volumes) for (const v of spec.volumes) if (v.image) names.push(withTag(v.image.reference ?? ''))
  return names
}
