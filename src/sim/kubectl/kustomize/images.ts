import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import type { ImageSetting } from './kustomization.ts'
import { asJson, asObject } from './resource.ts'
import { mapEvery } from './tree.ts'

const LISTS = ['containers', 'initContainers']

/** Name, tag and digest of an image's text. */
function partsOf(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const at = image.indexOf('@')
  const [rest, digest] = at < 0 ? [image, ''] : [image.slice(0, at), image.slice(at + 1)]
  const colon = rest.lastIndexOf(':')
  const tagged = colon > rest.lastIndexOf('/')
  return { name: tagged ? rest.slice(0, colon) : rest, tag: tagged ? rest.slice(colon + 1) : '', digest }
}

function replaced(image: string, { name, newName, newTag, digest, tagSuffix }: ImageSetting): string {
  const old = partsOf(image)
  if (old.name !== name) return image
  const next = newName ?? old.name
  if (digest) return `${next}${newTag !== undefined && newTag !== '' ? `:${newTag}` : ''}@${digest}`
  if (newTag !== undefined && newTag !== '') return `${next}:${newTag}`
  if (tagSuffix) return `${next}:${old.tag}${tagSuffix}`
  return `${next}${old.tag ? `:${old.tag}` : ''}${old.digest ? `@${old.digest}` : ''}`
}

/** The object with the images of all its containers exchanged. */
export const withImage = (object: KubeObject, setting: ImageSetting): KubeObject =>
  asObject(
    mapEvery(asJson(object), (map) => {
      const next: Record<string, JsonValue | undefined> = { ...map }
      for (const list of LISTS) {
        const containers = map[list]
        if (Array.isArray(containers)) next[list] = (containers as readonly JsonObject[]).map((c) => (typeof c?.image === 'string' ? { ...c, image: replaced(c.image, setting) } : c))
      }
      return next as JsonObject
    }),
  )
