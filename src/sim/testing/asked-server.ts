import { splitApiVersion, type KubeObject } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import type { AdmissionStep } from '../apiserver/admission/plugin.ts'
import type { UserInfo } from '../apiserver/authentication/user.ts'
import { installObjects } from '../apiserver/installing.ts'
import { ApiServer } from '../apiserver/server.ts'
import { rbacObjects } from '../bootstrap-rbac.ts'
import type { Request } from '../client/request.ts'
import { Engine, type EventContext } from '../engine/engine.ts'
import type { Step } from '../engine/event.ts'
import { scheme } from '../kinds/index.ts'

const ADMIN = 'kubernetes-admin'
const NAMESPACES = ['default', 'kube-system', 't']

/** An API server with RBAC and nothing around it, for tests of what single requests are answered. */
export class AskedServer {
  readonly engine = new Engine({ seed: 1 })
  readonly server = new ApiServer(this.engine, {}, 'Node,RBAC')
  /** What admission did to the last request. */
  trace: readonly AdmissionStep[] = []
  warnings: readonly string[] = []

  constructor() {
    this.engine.actor('asked', { do: (ctx, act: (ctx: EventContext) => void) => act(ctx) })
    this.#do((ctx) => installObjects(this.server, ctx, rbacObjects()))
    for (const name of NAMESPACES) {
      this.make('v1', 'Namespace', name)
      this.make('v1', 'ServiceAccount', `${name}/default`)
    }
  }

  /** The answer to a request. */
  ask(request: Request, who: string | UserInfo = ADMIN): unknown {
    let answer: unknown
    const trace: AdmissionStep[] = []
    this.#do((ctx) => {
      const served = this.server.execute(request, who, ctx.now, ctx, trace)
      answer = served.answer
      this.warnings = served.warnings
    })
    this.trace = trace
    return answer
  }

  /** What a refusal says; undefined when all is well. */
  refusal(request: Request, who?: string | UserInfo): string | undefined {
    const answer = this.ask(request, who)
    return isStatus(answer) && answer.status === 'Failure' ? (answer.message ?? '') : undefined
  }

  /** Creates `[namespace/]name`; answers with the object as it was stored, or with the refusal's text. */
  make<T extends object>(apiVersion: string, kindName: string, name: string, rest: object = {}, who?: string | UserInfo): (KubeObject & T) | string {
    const kind = scheme.kindFor({ ...splitApiVersion(apiVersion), kind: kindName })!
    const [first = '', second] = name.split('/')
    const { metadata, ...fields } = rest as { metadata?: object }
    const namespace = kind.namespaced ? (second === undefined ? 't' : first) : undefined
    const body = { apiVersion, kind: kindName, metadata: { name: second ?? first, ...(namespace ? { namespace } : {}), ...metadata }, ...fields } as KubeObject
    const answer = this.ask({ verb: 'create', group: kind.group, version: kind.version, resource: kind.plural, namespace, body }, who)
    return isStatus(answer) && answer.status === 'Failure' ? (answer.message ?? '') : (answer as KubeObject & T)
  }

  /** Does something and takes it back. */
  undone(act: () => void): void {
    const before = this.engine.now
    const steps = this.#steps
    this.#steps = []
    act()
    for (const step of this.#steps.reverse()) this.engine.undo(step, before)
    this.#steps = steps
  }

  #steps: Step[] = []

  #do(act: (ctx: EventContext) => void): void {
    this.#steps.push(this.engine.command(this.engine.now, 'asked', 'do', act))
  }
}
