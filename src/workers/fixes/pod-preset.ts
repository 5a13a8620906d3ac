import { fix, type Finding, type Fix } from './fix.ts'
import { documentAt } from './yaml-edit.ts'
import { yamlText } from '../yaml-text.ts'

interface PodPreset {
  readonly metadata?: { readonly name?: string }
  readonly spec?: {
    readonly selector?: unknown
    readonly env?: readonly { readonly name: string; readonly value?: string }[]
    readonly volumeMounts?: readonly Readonly<Record<string, unknown>>[]
    readonly volumes?: readonly Readonly<Record<string, unknown>>[]
  }
}

/**
 * A PodPreset as what came after it: a MutatingAdmissionPolicy that appends the same environment, mounts and volumes to
 * the pods that the selector chooses, and its binding.
 */
export function podPresetAsPolicy({ text, line, object }: Finding): Fix | undefined {
  const found = documentAt(text, line)
  const { metadata, spec = {} } = object as PodPreset
  if (!found) return undefined
  const name = metadata?.name ?? 'preset'
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicy', metadata: { name },
    spec: {
      matchConstraints: { objectSelector: spec.selector ?? {}, resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: expression(spec) } }],
    },
  }
  const binding = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } }
  const written = [policy, binding].map((one) => yamlText(one)).join('---\n')
  return fix('podPreset', { name }, `${text.slice(0, found.from)}${written}${text.slice(found.to)}`)
}

/** Each container as an apply configuration with what the preset adds; lists merge by name, mounts by path. */
function expression({ env = [], volumeMounts = [], volumes = [] }: NonNullable<PodPreset['spec']>): string {
  const container = ['name: c.name', ...(env.length ? [`env: ${items(env, 'Object.spec.containers.env')}`] : []), ...(volumeMounts.length ? [`volumeMounts: ${items(volumeMounts, 'Object.spec.containers.volumeMounts')}`] : [])]
  const members = [`containers: object.spec.containers.map(c, Object.spec.containers{${container.join(', ')}})`, ...(volumes.length ? [`volumes: ${items(volumes, 'Object.spec.volumes')}`] : [])]
  return `Object{spec: Object.spec{\n  ${members.join(',\n  ')}\n}}`
}

const items = (list: readonly object[], type: string): string => `[${list.map((item) => literal(item, type)).join(', ')}]`

/** A value as CEL, objects as the type of their place. */
function literal(value: unknown, type: string): string {
  if (Array.isArray(value)) return items(value as object[], type)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `${type}{${Object.entries(value).map(([key, member]) => `${key}: ${literal(member, `${type}.${key}`)}`).join(', ')}}`
}
