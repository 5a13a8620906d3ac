import { invalidValue, type FieldError } from '../api/field.ts'
import type { Pod } from '../api/pod.ts'
import { badRequest, invalid, notFound, type Status } from '../api/status.ts'
import { storeKey } from '../store/store.ts'
import type { Execution, Outcome } from './execution.ts'
import type { RequestOptions } from './rest.ts'

const first = ({ query }: RequestOptions, name: string): string | undefined => query?.get(name)?.[0]
const number = (options: RequestOptions, name: string): number | undefined => {
  const text = first(options, name)
  return text === undefined || text === '' ? undefined : Number(text)
}

/** GET pods/log: what the kubelet of the pod's node says; nothing while there is no node (registry/core/pod: LogLocation). */
export function podLog(exec: Execution): Outcome {
  const { options, name } = exec
  const wanted = logOptions(options)
  const errors = checkLogOptions(options, wanted)
  if (errors.length > 0) return invalid({ group: '', kind: 'PodLogOptions' }, name, errors)
  const pod = podOf(exec)
  if (!('spec' in pod)) return pod
  const wrong = checkContainer(pod, wanted.container)
  if (wrong) return wrong
  return pod.spec.nodeName ? exec.means.podLog(pod, wanted, exec.now) : ''
}

function logOptions(options: RequestOptions): RequestOptions {
  if (!options.query) return options
  const is = (name: string): boolean => first(options, name) === 'true'
  const [tailLines, sinceSeconds, container] = [number(options, 'tailLines'), number(options, 'sinceSeconds'), first(options, 'container')]
  return {
    ...options,
    ...(container ? { container } : {}), ...(tailLines === undefined ? {} : { tailLines }), ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(is('previous') ? { previous: true } : {}), ...(is('timestamps') ? { timestamps: true } : {}),
  }
}

/** core/validation: ValidatePodLogOptions. */
function checkLogOptions(options: RequestOptions, { tailLines, sinceSeconds }: RequestOptions): readonly FieldError[] {
  const errors: FieldError[] = []
  const limitBytes = number(options, 'limitBytes')
  if (tailLines !== undefined && tailLines < 0) errors.push(invalidValue('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalidValue('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceSeconds < 1) errors.push(invalidValue('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  return errors
}

/** exec, attach, port-forward: refused here as the real server would before it hands over to the kubelet's stream. */
export function openStream(exec: Execution): Outcome {
  const pod = podOf(exec)
  if (!('spec' in pod)) return pod
  const wrong = exec.subresource === 'portforward' ? undefined : checkContainer(pod, first(exec.options, 'container'))
  if (wrong) return wrong
  if (!pod.spec.nodeName) return badRequest(`pod ${exec.name} does not have a host assigned`)
  return badRequest(`${exec.subresource} needs a connection that can be upgraded, which a plain request is not: ask for an upgrade to a websocket`)
}

function podOf({ store, namespace, name }: Execution): Pod | Status {
  const pod = store.get(storeKey('pods', namespace, name)) as Pod | undefined
  return pod ?? notFound({ group: '', resource: 'pods' }, name)
}

const KUBECTL_DEFAULT = 'kubectl.kubernetes.io/default-container'

/** The container that is meant, where there are several (registry/core/pod: validateContainer). */
export function checkContainer(pod: Pod, wanted: string | undefined): Status | undefined {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const all = [...initContainers, ...containers, ...ephemeralContainers].map((c) => c.name)
  if (wanted) return all.includes(wanted) ? undefined : badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`)
  const annotated = pod.metadata.annotations?.[KUBECTL_DEFAULT]
  if (containers.length === 1 || (annotated && all.includes(annotated))) return undefined
  const names = (list: readonly { readonly name: string }[]): string => list.map((c) => c.name).join(' ')
  const inits = initContainers.length ? ` or one of the init containers: [${names(initContainers)}]` : ''
  const ephemerals = ephemeralContainers.length ? ` or one of the ephemeral containers: [${names(ephemeralContainers)}]` : ''
  return badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names(containers)}]${inits}${ephemerals}`)
}

/** The container that is meant, once `checkContainer` has nothing against it. */
export function meantContainer(pod: Pod, wanted: string | undefined): string {
  return wanted || pod.metadata.annotations?.[KUBECTL_DEFAULT] || pod.spec.containers[0]!.name
}
