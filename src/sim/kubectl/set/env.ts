import type { EnvVar } from '../../api/container.ts'
import type { JsonValue, KubeList, KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { namesFiles } from '../files.ts'
import { getTarget, targetsOf } from '../resources.ts'
import type { Planned } from './set.ts'

/** `set env`: KEY=VALUE sets, KEY- removes, --from takes all keys of a ConfigMap or Secret, --list shows. */
export function envChange(ctx: KubectlContext, inv: Invocation): Planned {
  const isChange = (a: string): boolean => a.includes('=') || (a.endsWith('-') && a.length > 1)
  const words = [...inv.args.filter(isChange), ...inv.flags.list('env')]
  const resources = inv.args.filter((a) => !isChange(a))
  const from = inv.flags.text('from')
  const chosen = inv.flags.text('containers') || '*'
  if (inv.flags.bool('list')) return { resources, change: () => [], list: (spec, object) => listing(spec.containers, object) }
  if (words.length === 0 && !from) fail('at least one environment variable must be provided')
  if (resources.length === 0 && !namesFiles(inv.flags)) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const added: EnvVar[] = from ? fromSource(ctx, inv, from) : []
  const removed: string[] = []
  for (const word of words) {
    const eq = word.indexOf('=')
    if (eq < 0) removed.push(word.slice(0, -1))
    else added.push({ name: word.slice(0, eq), value: word.slice(eq + 1) })
  }
  return {
    resources,
    change: (spec) =>
      spec.containers
        .filter((c) => chosen === '*' || c.name === chosen)
        .map((c) => ({
          name: c.name,
          env: [
            ...added.map((e): JsonValue => (e.valueFrom ? (e as unknown as JsonValue) : { name: e.name, value: e.value ?? '', valueFrom: null })),
            ...removed.filter((name) => (c.env ?? []).some((e) => e.name === name)).map((name): JsonValue => ({ name, $patch: 'delete' })),
          ],
        }))
        .filter((c) => c.env.length > 0),
  }
}

function fromSource(ctx: KubectlContext, inv: Invocation, from: string): EnvVar[] {
  const { targets } = targetsOf([from], inv.namespace)
  const target = targets[0]!
  const object = ctx.call(getTarget(target)) as KubeObject | KubeList
  if (isStatus(object)) refuse(object)
  const wanted = inv.flags.list('keys')
  const keys = Object.keys((object as { data?: Record<string, string> }).data ?? {}).sort().filter((k) => wanted.length === 0 || wanted.includes(k))
  const ref = target.kind.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'
  return keys.map((key) => ({ name: `${inv.flags.text('prefix')}${key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`, valueFrom: { [ref]: { name: target.name!, key } } }))
}

function listing(containers: readonly { readonly name: string; readonly env?: readonly EnvVar[] }[], object: KubeObject): string {
  return containers
    .map((c) => {
      const rows = (c.env ?? []).map((e) => {
        if (!e.valueFrom) return `${e.name}=${e.value ?? ''}\n`
        const { configMapKeyRef, secretKeyRef, fieldRef } = e.valueFrom
        if (secretKeyRef) return `# ${e.name} from secret ${secretKeyRef.name}, key ${secretKeyRef.key}\n`
        if (configMapKeyRef) return `# ${e.name} from configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}\n`
        return `# ${e.name} from field path ${fieldRef?.fieldPath ?? ''}\n`
      })
      return `# ${object.kind} ${object.metadata.name}, container ${c.name}\n${rows.join('')}`
    })
    .join('')
}
