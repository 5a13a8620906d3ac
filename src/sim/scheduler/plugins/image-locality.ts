import { imagesWanted } from '../images-wanted.ts'
import { imagesOf } from '../node-info.ts'
import { MAX_SCORE, type Plugin } from '../plugin.ts'

const MB = 1024 * 1024
const LEAST = 23 * MB
const MOST_A_CONTAINER = 1000 * MB

/** Prefers nodes that have the pod's images, the more the bigger and the wider spread they are (plugins/imagelocality). */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  local: true,
  ignoresPods: true,
  preScore({ pod, snapshot }) {
    const wanted = imagesWanted(pod)
      .map((name) => ({ name, spread: snapshot.imageNodes(name) / snapshot.nodes.length }))
      .filter(({ spread }) => spread > 0)
    if (wanted.length === 0) return { constant: 0 }
    const most = MOST_A_CONTAINER * ((pod.spec.initContainers?.length ?? 0) + pod.spec.containers.length)
    return {
      keep: wanted.map(({ name, spread }) => `${name} ${spread}`).join(),
      score({ node }) {
        const images = imagesOf(node)
        let sum = 0
        for (const { name, spread } of wanted) sum += Math.trunc((images.get(name) ?? 0) * spread)
        return Math.floor((MAX_SCORE * (Math.min(Math.max(sum, LEAST), most) - LEAST)) / (most - LEAST))
      },
    }
  },
}
