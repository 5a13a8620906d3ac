import type { Image } from './image.ts'
import { admissionWebhook } from './admission-webhook/index.ts'
import { alpine } from './alpine/index.ts'
import { busybox } from './busybox/index.ts'
import { centos } from './centos/index.ts'
import { coredns } from './coredns/index.ts'
import { debian } from './debian/index.ts'
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
import { privateApp } from './private-app/index.ts'
import { postgres } from './postgres/index.ts'
import { python } from './python/index.ts'
import { redis } from './redis/index.ts'
import { tomcat } from './tomcat/index.ts'
import { ubuntu } from './ubuntu/index.ts'
import { Catalogue, type Registry, type Resolved } from './registry.ts'

/** The catalogue. A new image is one folder and one line. */
export const catalogue: readonly Image[] = [
  nginx,
  httpd,
  busybox,
  alpine,
  ubuntu,
  debian,
  centos,
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
  admissionWebhook,
  privateApp,
]

/** The registry of a cluster that is not told otherwise. */
export const defaultRegistry: Registry = new Catalogue(catalogue)

export const resolveImage = (image: string): Resolved => defaultRegistry.resolve(image)
export { sizeOf, type Resolved } from './registry.ts'
export { layersOf, parseDockerfile } from './dockerfile/index.ts'
