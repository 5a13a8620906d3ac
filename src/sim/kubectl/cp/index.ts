import type { Pod } from '../../api/pod.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { get, PODS } from '../../client/request.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, statusText } from '../failure.ts'
import { containerOf } from '../pods-behind.ts'

export const cpVerb: Verb = {
  name: 'cp',
  summary: 'Copy files from and to containers (checked, but not carried out yet)',
  usage: ['kubectl cp notes.txt web-1:/tmp/', 'kubectl cp web-1:/tmp/notes.txt notes.txt'],
  run: cp,
}

interface Place {
  readonly namespace?: string
  readonly pod?: string
  readonly file: string
}

const FORM = 'filespec must match the canonical format: [[namespace/]pod:]file/path'

function placeOf(text: string): Place {
  const colon = text.indexOf(':')
  if (colon < 0) return { file: text }
  const [first = '', second, ...more] = text.slice(0, colon).split('/')
  if (colon === 0 || more.length > 0) fail(FORM)
  const file = text.slice(colon + 1)
  return second === undefined ? { pod: first, file } : { namespace: first, pod: second, file }
}

/** Everything that kubectl checks before tar would run in the container (kubectl: cp.go). */
function cp(ctx: KubectlContext, inv: Invocation): number {
  if (inv.args.length !== 2) fail('source and destination are required')
  const [from, to] = inv.args.map(placeOf) as [Place, Place]
  if (from.pod && to.pod) fail('one of src or dest must be a local file specification')
  if (from.file === '' || to.file === '') fail('filepath can not be empty')
  const remote = from.pod ? from : to
  if (!remote.pod) return fail('one of src or dest must be a remote file specification')
  if (to.pod && !existsHere(ctx, from.file)) fail(`${from.file} doesn't exist in local filesystem`)
  const pod = ctx.call(get(PODS, remote.namespace ?? inv.namespace, remote.pod)) as unknown as Pod | Status
  if (isStatus(pod)) throw new Failure(statusText(pod))
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  containerOf(ctx, pod, inv.flags.text('container'))
  if (!pod.spec.nodeName) fail(`unable to upgrade connection: pod ${pod.metadata.name} does not have a host assigned`)
  return fail('cp is not modelled here yet: containers have no files to copy')
}

const existsHere = (ctx: KubectlContext, path: string): boolean => {
  const plain = path.replace(/^\.\//, '').replace(/\/+$/, '')
  return plain === '.' || Object.keys(ctx.files).some((f) => f === plain || f === path || f.startsWith(`${plain}/`))
}
