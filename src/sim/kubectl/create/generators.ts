import { base64Encode } from '../../api/base64.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail } from '../failure.ts'
import { keyValuesOf } from './key-values.ts'
import { serviceGenerators } from './services.ts'

/** Makes an object from flags; fields in the order of the Go structs. `noun` is for "failed to create …". */
export interface Generator {
  readonly noun: string
  make(ctx: KubectlContext, inv: Invocation, name: string): KubeObject
}

const object = (kind: string, apiVersion: string, rest: Record<string, unknown>): KubeObject => ({ kind, apiVersion, ...rest }) as unknown as KubeObject

/** "nginx" of "registry.example.com/team/nginx:1.27@sha256:…": what a container is called after its image. */
export function nameFromImage(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.split('@')[0]!.split(':')[0]!.toLowerCase().replace(/[^a-z0-9-]/g, '-')
}

const deployment: Generator = {
  noun: 'deployment',
  make(_ctx, inv, name) {
    const images = inv.flags.list('image')
    if (images.length === 0) fail('required flag(s) "image" not set')
    const command = inv.dash >= 0 ? inv.args.slice(inv.dash) : []
    if (images.length > 1 && command.length > 0) fail('cannot specify multiple --image options and command')
    const port = inv.flags.int('port')
    const labels = { app: name }
    const containers = images.map((image, i) => ({
      name: nameFromImage(image),
      image,
      ...(command.length > 0 ? { command } : {}),
      ...(i === images.length - 1 && port > 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }))
    return object('Deployment', 'apps/v1', {
      metadata: { name, labels },
      spec: { replicas: inv.flags.int('replicas'), selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, strategy: {} },
      status: {},
    })
  },
}

const configmap: Generator = {
  noun: 'configmap',
  make(ctx, inv, name) {
    const { data } = keyValuesOf(ctx, inv)
    return object('ConfigMap', 'v1', { metadata: { name }, ...(Object.keys(data).length > 0 ? { data } : {}) })
  },
}

const secret: Generator = {
  noun: 'secret',
  make(ctx, inv, name) {
    const { data } = keyValuesOf(ctx, inv)
    const encoded = Object.fromEntries(Object.keys(data).map((k) => [k, base64Encode(data[k]!)]))
    const type = inv.flags.text('type')
    return object('Secret', 'v1', { metadata: { name }, ...(Object.keys(encoded).length > 0 ? { data: encoded } : {}), ...(type ? { type } : {}) })
  },
}

const tls: Generator = {
  noun: 'secret',
  make(ctx, inv, name) {
    const read = (flag: string): string => {
      const file = inv.flags.text(flag)
      if (!file) fail(`key and cert must be specified`)
      return base64Encode(ctx.files[file] ?? fail(`failed to load key pair open ${file}: no such file or directory`))
    }
    return object('Secret', 'v1', { metadata: { name }, data: { 'tls.crt': read('cert'), 'tls.key': read('key') }, type: 'kubernetes.io/tls' })
  },
}

const named = (kind: string, noun: string, rest: Record<string, unknown> = {}): Generator => ({
  noun,
  make: (_ctx, _inv, name) => object(kind, 'v1', { metadata: { name }, ...rest }),
})

const quota: Generator = {
  noun: 'quota',
  make(_ctx, inv, name) {
    const hard: Record<string, string> = {}
    for (const part of inv.flags.text('hard').split(',').filter(Boolean)) {
      const eq = part.indexOf('=')
      if (eq <= 0) fail(`Invalid resource quota spec: ${part}`)
      hard[part.slice(0, eq)] = part.slice(eq + 1)
    }
    const scopes = inv.flags.text('scopes').split(',').filter(Boolean)
    return object('ResourceQuota', 'v1', { metadata: { name }, spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }, status: {} })
  },
}

const priorityclass: Generator = {
  noun: 'priorityclass',
  make(_ctx, inv, name) {
    return object('PriorityClass', 'scheduling.k8s.io/v1', {
      metadata: { name }, value: inv.flags.int('value'),
      ...(inv.flags.bool('global-default') ? { globalDefault: true } : {}),
      ...(inv.flags.text('description') ? { description: inv.flags.text('description') } : {}),
      preemptionPolicy: inv.flags.text('preemption-policy') || 'PreemptLowerPriority',
    })
  },
}

const job: Generator = {
  noun: 'job',
  make(_ctx, inv, name) {
    const image = inv.flags.text('image')
    if (inv.flags.text('from')) fail('create job --from is not modelled here; create it from a file')
    if (!image) fail('either --image or --from must be specified')
    const command = inv.dash >= 0 ? inv.args.slice(inv.dash) : []
    const container = { name, image, ...(command.length > 0 ? { command } : {}), resources: {} }
    return object('Job', 'batch/v1', { metadata: { name }, spec: { template: { metadata: {}, spec: { containers: [container], restartPolicy: 'Never' } } }, status: {} })
  },
}

/** What `kubectl create` can make, by the words after it. */
export const generators: Readonly<Record<string, Generator>> = {
  deployment,
  configmap,
  'secret generic': secret,
  'secret tls': tls,
  namespace: named('Namespace', 'namespace', { spec: {}, status: {} }),
  serviceaccount: named('ServiceAccount', 'serviceaccount'),
  quota,
  priorityclass,
  job,
  ...serviceGenerators,
}
