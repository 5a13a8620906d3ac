import type { JsonObject, JsonValue, KubeObject } from '../../src/sim/api/meta.ts'
import { isAlreadyExists, isStatus } from '../../src/sim/api/status.ts'
import { ms, type Micros } from '../../src/sim/engine/time.ts'
import { ExpressionError, fillIn } from '../../src/sim/testing/chainsaw/expression.ts'
import { DEFAULT_TIMEOUTS, type Operation, type Test, type Timeouts } from '../../src/sim/testing/chainsaw/test.ts'
import type { Host } from './host.ts'
import { Objects, Refused } from './objects.ts'
import { perform, type Means } from './operations.ts'
import { bound, Failed, type Scope } from './scope.ts'
import { Shell } from './shell.ts'

export interface RunOptions {
  /** Used where neither test nor step nor operation says otherwise. */
  readonly timeouts?: Partial<Timeouts>
  /** Texts of the test's folder, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** The documents of a file that an operation names. */
  documents?(file: string): readonly JsonObject[]
  log?(text: string): void
}

/** How a test went. Times are virtual. */
export interface TestResult {
  readonly name: string
  readonly passed: boolean
  readonly skipped: boolean
  /** Where and why it failed. */
  readonly failure?: { readonly step: string; readonly operation: string; readonly message: string }
  readonly from: Micros
  readonly to: Micros
}

/** The namespace that a test uses. */
export const namespaceOf = (test: Test): string => test.namespace ?? `chainsaw-${test.name}`.slice(0, 63).replace(/-+$/, '')

/** Runs a Chainsaw test against a cluster. Never throws for what the test or the cluster does. */
export async function runTest(test: Test, host: Host, options: RunOptions = {}): Promise<TestResult> {
  return new TestRun(test, host, options).run()
}

class TestRun {
  readonly #test: Test
  readonly #host: Host
  readonly #made: KubeObject[] = []
  readonly #means: Means
  readonly #timeouts: Timeouts
  #scope: Scope

  constructor(test: Test, host: Host, options: RunOptions) {
    this.#test = test
    this.#host = host
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts, ...test.timeouts }
    const namespace = namespaceOf(test)
    const details: JsonValue = { metadata: { name: test.name, annotations: test.annotations as JsonObject } }
    this.#scope = { namespace, timeouts: this.#timeouts, bindings: { namespace, test: details, values: {}, config: {} } }
    this.#means = {
      host,
      shell: new Shell(host, options.files),
      documents: options.documents ?? ((file) => { throw new Failed(`${file}: there are no files beside this test`) }),
      made: (object) => this.#made.push(object),
      log: options.log ?? (() => undefined),
    }
  }

  async run(): Promise<TestResult> {
    const from = this.#host.now
    const failure = this.#test.skip ? undefined : await this.#steps()
    return { name: this.#test.name, passed: failure === undefined, skipped: this.#test.skip, failure, from, to: this.#host.now }
  }

  async #steps(): Promise<TestResult['failure']> {
    const prepared = await attempt(() => this.#prepare())
    if (prepared) return { step: 'namespace', operation: 'create', message: prepared }
    let failure: TestResult['failure']
    let ran = 0
    for (const step of this.#test.steps) {
      ran++
      this.#means.log(`— ${step.name}`)
      const outer = this.#scope
      const own = { ...outer, namespace: step.namespace ?? outer.namespace, timeouts: { ...this.#timeouts, ...step.timeouts } }
      failure = await this.#sequence(step.name, step.try, own, step.bindings)
      if (failure) await this.#leniently([...step.catch, ...this.#test.catch], own)
      await this.#leniently(step.finally, own)
      if (failure) break
    }
    for (const step of this.#test.steps.slice(0, ran).toReversed()) await this.#leniently(step.cleanup, this.#scope)
    if (!this.#test.skipDelete) await attempt(() => this.#cleanUp())
    return failure
  }

  /** The namespace of the test, unless it is there already. */
  async #prepare(): Promise<void> {
    this.#scope = bound(this.#scope, this.#test.bindings)
    const { namespace, bindings } = this.#scope
    const target = this.#host.resourceOf('v1', 'Namespace')!
    const found = this.#host.read({ verb: 'get', ...target, name: namespace })
    if (!isStatus(found)) return
    const template = this.#test.namespaceTemplate ? (fillIn(this.#test.namespaceTemplate, bindings) as JsonObject) : {}
    const body = { ...template, apiVersion: 'v1', kind: 'Namespace', metadata: { ...(template.metadata as JsonObject | undefined), name: namespace } }
    const answer = this.#host.send({ verb: 'create', ...target, namespace: undefined, body })
    if (isStatus(answer) && !isAlreadyExists(answer)) throw new Refused(answer.message ?? 'refused')
    this.#made.push(answer as KubeObject)
  }

  async #sequence(step: string, operations: readonly Operation[], own: Scope, bindings: Parameters<typeof bound>[1]): Promise<TestResult['failure']> {
    let scope = own
    const wrong = await attempt(async () => {
      scope = bound(own, bindings)
    })
    if (wrong) return { step, operation: 'bindings', message: wrong }
    for (const operation of operations) {
      const message = await attempt(async () => {
        scope = await perform(operation, scope, this.#means)
      })
      if (message) return { step, operation: `${operation.path} ${operation.type}`, message }
    }
    return undefined
  }

  /** Operations whose failure is told and changes nothing. */
  async #leniently(operations: readonly Operation[], scope: Scope): Promise<void> {
    for (const operation of operations) {
      const message = await attempt(() => perform(operation, scope, this.#means))
      if (message) this.#means.log(`${operation.path} ${operation.type}: ${message}`)
    }
  }

  /** Takes away what the test made, last first. */
  async #cleanUp(): Promise<void> {
    const objects = new Objects(this.#host, this.#scope.namespace)
    for (const object of this.#made.toReversed()) {
      const ref = { apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name, namespace: object.metadata.namespace }
      objects.remove(object, 'Background')
      const deadline = this.#host.now + this.#timeouts.cleanup
      while (this.#host.now < deadline && objects.find(ref).some((o) => o.metadata.uid === object.metadata.uid)) this.#host.runUntil(this.#host.now + ms(50))
    }
  }
}

/** Why it did not work, or undefined. Only refusals and unmet expectations count; a bug of the simulation is thrown on. */
async function attempt(action: () => unknown): Promise<string | undefined> {
  try {
    await action()
    return undefined
  } catch (reason) {
    if (reason instanceof Failed || reason instanceof Refused || reason instanceof ExpressionError) return reason.message
    throw reason
  }
}
