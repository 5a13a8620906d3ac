import { parseImageName, type ImageName } from '../api/image-name.ts'
import { hashText } from '../engine/hash.ts'
import type { Image, Program } from './image.ts'
import { alpine } from './alpine/index.ts'
import { busybox } from './busybox/index.ts'
import { coredns } from './coredns/index.ts'
import { etcd } from './etcd/index.ts'
import { httpd } from './httpd/index.ts'
import { kubeApiserver } from './kube-apiserver/index.ts'
import { kubeControllerManager } from './kube-controller-manager/index.ts'
import { kubeProxy } from './kube-proxy/index.ts'
import { kubeScheduler } from './kube-scheduler/index.ts'
import { mysql } from './mysql/index.ts'
import { nginx } from './nginx/index.ts'
import { node } from './node/index.ts'
import { pause } from './pause/index.ts'
import { postgres } from './postgres/index.ts'
import { python } from './python/index.ts'
import { redis } from './redis/index.ts'
import { tomcat } from './tomcat/index.ts'

/** The catalogue. A new image is one folder and one line. */
export const catalogue: readonly Image[] = [
  nginx,
  httpd,
  busybox,
  alpine,
  redis,
  postgres,
  mysql,
  tomcat,
  node,
  python,
  pause,
  coredns,
  kubeProxy,
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
]

const byRepository = new Map(catalogue.map((image) => [image.repository, image]))

/** What a registry says of a reference, and what pulling it brings. */
export type Resolved =
  | { readonly found: true; readonly reference: string; readonly repository: string; readonly digest: string; readonly layers: readonly number[]; readonly program: Program }
  | { readonly found: false; readonly reference: string; readonly why: 'unknown-tag' | 'invalid-name' }

/** An image that nobody has described behaves like a server on the ports that its pod declares. */
const UNKNOWN: Program = { kind: 'server', ports: [], startsIn: 300_000, stopsIn: 50_000, log: [] }
const UNKNOWN_LAYERS = [28_230_000, 21_000_000]

/** Resolves an image as written in a pod. Known repositories with unknown tags do not resolve; unknown repositories do. */
export function resolveImage(image: string): Resolved {
  const name = parseImageName(image)
  if (!name) return { found: false, reference: image, why: 'invalid-name' }
  const reference = name.tag ? `${name.repository}:${name.tag}` : `${name.repository}@${name.digest}`
  const known = byRepository.get(name.repository)
  if (known && name.tag && !known.tags.includes(name.tag)) return { found: false, reference, why: 'unknown-tag' }
  const layers = known?.layers ?? UNKNOWN_LAYERS
  return { found: true, reference, repository: name.repository, digest: name.digest || digestOf(name), layers, program: known?.program ?? UNKNOWN }
}

/** A digest that is the same for the same name everywhere; it stands for the content that is not modelled. */
function digestOf({ repository, tag }: ImageName): string {
  let hex = ''
  for (let i = 0; i < 8; i++) hex += hashText(`${repository}:${tag}`, i + 1).toString(16).padStart(8, '0')
  return `sha256:${hex}`
}

export const sizeOf = (layers: readonly number[]): number => layers.reduce((sum, layer) => sum + layer, 0)
