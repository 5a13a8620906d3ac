import { expect } from 'vitest'
import type { JsonValue } from '../api/meta.ts'
import { userNamed } from '../apiserver/authentication/user.ts'
import { serveHttp } from '../apiserver/http/door.ts'
import type { HttpAnswer, HttpRequest } from '../apiserver/http/message.ts'
import { ApiServer } from '../apiserver/server.ts'
import { Engine, type EventContext } from '../engine/engine.ts'
import { seconds } from '../engine/time.ts'

/** Words of a program that stumbled, which no answer may hold. */
const STUMBLED = /undefined|not a function|not iterable|Cannot read|\[object|NaN/

const ADMIN = userNamed('kubernetes-admin')

/** An API server with a namespace, an account and a few objects, without controllers. */
export class Small {
  readonly engine = new Engine({ seed: 7 })
  readonly server = new ApiServer(this.engine, {}, 'Node,RBAC')
  #now = seconds(1)

  constructor() {
    this.engine.actor('test', { do: (ctx, act: (ctx: EventContext) => void) => act(ctx) })
    const made: readonly (readonly [string, JsonValue])[] = [
      ['/api/v1/namespaces', { metadata: { name: 't' } }],
      ['/api/v1/namespaces/t/serviceaccounts', { metadata: { name: 'default' } }],
      ['/api/v1/namespaces/t/configmaps', { metadata: { name: 'c', labels: { a: 'b' } }, data: { k: 'v' } }],
      ['/api/v1/namespaces/t/pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } }],
      ['/apis/apps/v1/namespaces/t/deployments', { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } } }],
    ]
    for (const [path, body] of made) expect(this.ask({ method: 'POST', path, body }).code, path).toBe(201)
  }

  ask(request: HttpRequest): HttpAnswer {
    let answer!: HttpAnswer
    this.#now += 1000
    this.engine.command(this.#now, 'test', 'do', (ctx: EventContext) => {
      answer = serveHttp(this.server, { who: ADMIN, ...request }, ctx.now, ctx)
    })
    return answer
  }

  get revision(): number {
    return this.server.store.revision
  }

  /** Sends a request and checks what must hold of every answer. */
  sound(request: HttpRequest): HttpAnswer {
    const before = this.revision
    const answer = this.ask(request)
    expect(answer.code).toBeGreaterThanOrEqual(200)
    expect(answer.code).toBeLessThan(600)
    // The form of an answer is made when the work is done, so that 406 may follow a change, as in the server itself.
    if (answer.code >= 400 && answer.code !== 406) expect(this.revision, 'a refused request changes nothing').toBe(before)
    const status = answer.body as { readonly reason?: string; readonly message?: string }
    if (answer.code === 500) {
      expect(status.reason, status.message).not.toBe('InternalError')
      expect(status.message).not.toMatch(STUMBLED)
    }
    return answer
  }
}
