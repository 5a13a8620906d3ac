import { base64Encode } from '../../api/base64.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail } from '../failure.ts'
import { hashSuffix } from '../hash-suffix.ts'
import { goJsonString } from '../print-json.ts'
import { printerOf } from '../printer.ts'
import { objectOf, type Generator } from './generator.ts'
import { ingress } from './ingress.ts'
import { cronJob, job } from './jobs.ts'
import { keyValuesOf } from './key-values.ts'
import { disruptionBudget, priorityClass, quota } from './policies.ts'
import { rbacGenerators } from './rbac.ts'
import { serviceGenerators } from './services.ts'

/** "nginx" of "registry.example.com/team/nginx:1.27@sha256:…": what a container is called after its image. */
export function nameFromImage(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.split('@')[0]!.split(':')[0]!.toLowerCase().replace(/[^a-z0-9-]/g, '-')
}

const deployment: Generator = {
  failed: 'failed to create deployment: ',
  command: true,
  make(_ctx, inv, name) {
    const images = inv.flags.list('image')
    const command = inv.args.slice(1)
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
    return objectOf('Deployment', 'apps/v1', {
      metadata: { name, labels },
      spec: { replicas: inv.flags.int('replicas'), selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, strategy: {} },
      status: {},
    })
  },
}

/** The object under a name that its content makes, with --append-hash. */
const hashed = (inv: Invocation, made: KubeObject): KubeObject =>
  inv.flags.bool('append-hash') ? { ...made, metadata: { ...made.metadata, name: `${made.metadata.name}-${hashSuffix(made)}` } } : made

const configmap: Generator = {
  failed: 'failed to create configmap: ',
  make(ctx, inv, name) {
    const { data } = keyValuesOf(ctx, inv)
    return hashed(inv, objectOf('ConfigMap', 'v1', { metadata: { name }, ...(Object.keys(data).length > 0 ? { data } : {}) }))
  },
}

/** A Secret of texts. */
const secretOf = (inv: Invocation, name: string, data: Readonly<Record<string, string>>, type: string): KubeObject => {
  const encoded = Object.fromEntries(Object.keys(data).map((k) => [k, base64Encode(data[k]!)]))
  return hashed(inv, objectOf('Secret', 'v1', { metadata: { name }, ...(Object.keys(encoded).length > 0 ? { data: encoded } : {}), ...(type ? { type } : {}) }))
}

const secret: Generator = {
  failed: 'failed to create secret ',
  make: (ctx, inv, name) => secretOf(inv, name, keyValuesOf(ctx, inv).data, inv.flags.text('type')),
}

const tls: Generator = {
  failed: 'failed to create secret ',
  make(ctx, inv, name) {
    const [cert, key] = [inv.flags.text('cert'), inv.flags.text('key')]
    if (!cert || !key) fail('key and cert must be specified')
    const read = (file: string): string => ctx.files[file] ?? fail(`open ${file}: no such file or directory`)
    return secretOf(inv, name, { 'tls.crt': read(cert), 'tls.key': read(key) }, 'kubernetes.io/tls')
  },
}

const registry: Generator = {
  failed: 'failed to create secret ',
  make(ctx, inv, name) {
    const { flags } = inv
    const [username, password, server, email] = [flags.text('docker-username'), flags.text('docker-password'), flags.text('docker-server'), flags.text('docker-email')]
    const files = flags.list('from-file').length > 0
    if (!files && (!username || !password || !server)) fail('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
    const auth = [['username', username], ['password', password], ['email', email], ['auth', base64Encode(`${username}:${password}`)]].filter(([, value]) => value !== '')
    const json = `{"auths":{${goJsonString(server)}:{${auth.map(([k, v]) => `"${k}":${goJsonString(v!)}`).join(',')}}}}`
    const data = files ? keyValuesOf(ctx, inv).data : { '.dockerconfigjson': json }
    return secretOf(inv, name, data, 'kubernetes.io/dockerconfigjson')
  },
}

const named = (kind: string, failed: string | undefined, rest: Record<string, unknown> = {}): Generator => ({
  ...(failed ? { failed } : {}),
  make: (_ctx, _inv, name) => objectOf(kind, 'v1', { metadata: { name }, ...rest }),
})

/** What `kubectl create` can make, by the words after it. */
export const generators: Readonly<Record<string, Generator>> = {
  deployment,
  configmap,
  'secret generic': secret,
  'secret tls': tls,
  'secret docker-registry': registry,
  namespace: named('Namespace', undefined, { spec: {}, status: {} }),
  serviceaccount: named('ServiceAccount', 'failed to create serviceaccount: '),
  quota,
  priorityclass: priorityClass,
  job,
  cronjob: cronJob,
  ingress,
  poddisruptionbudget: disruptionBudget,
  ...rbacGenerators,
  ...serviceGenerators,
}

/** Kinds that a token may be bound to. */
const BOUND: Readonly<Record<string, string>> = { Node: 'v1', Pod: 'v1', Secret: 'v1' }

/** `create token`: asks the server for one (kubectl: create_token.go). */
export function createToken(ctx: KubectlContext, inv: Invocation): number {
  const { flags, args } = inv
  const duration = flags.duration('duration')
  if (duration < 0) fail('--duration must be greater than or equal to 0')
  if (duration % 1_000_000 !== 0) fail('--duration cannot be expressed in units less than seconds')
  const audiences = flags.list('audience')
  if (audiences.includes('')) fail('--audience must not be an empty string')
  const [kind, name, uid] = [flags.text('bound-object-kind'), flags.text('bound-object-name'), flags.text('bound-object-uid')]
  if (!kind && name) fail('--bound-object-name can only be set if --bound-object-kind is provided')
  if (!kind && uid) fail('--bound-object-uid can only be set if --bound-object-kind is provided')
  if (kind && !BOUND[kind]) fail(`supported --bound-object-kind values are ${Object.keys(BOUND).join(', ')}`)
  if (kind && !name) fail('--bound-object-name is required if --bound-object-kind is provided')
  const body = objectOf('TokenRequest', 'authentication.k8s.io/v1', {
    metadata: {},
    spec: {
      audiences: audiences.length > 0 ? audiences : null, ...(duration > 0 ? { expirationSeconds: duration / 1_000_000 } : {}),
      ...(kind ? { boundObjectRef: { kind, apiVersion: BOUND[kind], name, ...(uid ? { uid } : {}) } } : {}),
    },
  })
  const answer = ctx.call({ verb: 'create', group: '', version: 'v1', resource: 'serviceaccounts', namespace: inv.namespace, name: args[0], subresource: 'token', body }) as KubeObject | Status
  if (isStatus(answer)) return fail(`failed to create token: ${answer.message}`)
  const printer = printerOf(ctx, inv)
  const { token } = answer.status as { readonly token?: string }
  if (!token) return fail('failed to create token: no token in server response')
  ctx.out(printer ? printer.one(answer) : token)
  return 0
}
