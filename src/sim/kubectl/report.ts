import type { KubeObject } from '../api/meta.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { drySuffix, type DryRun } from './dry-run.ts'
import { Failure } from './failure.ts'
import { printerOf, type Printer } from './printer.ts'
import { objectName, type Target } from './resources.ts'

/** What one item of a loop came to. */
interface Outcome {
  readonly problems: readonly string[]
  /** How much is printed when it is over. */
  readonly printed: number
}

/** Tells the outcome of each object, in words or in the format of -o, and gathers what went wrong. */
export class Report {
  readonly #ctx: KubectlContext
  readonly #dryRun: DryRun
  readonly #printer: Printer | undefined
  readonly #problems: string[] = []
  #printed = 0

  constructor(ctx: KubectlContext, inv: Invocation, dryRun: DryRun, typed = false) {
    this.#ctx = ctx
    this.#dryRun = dryRun
    this.#printer = printerOf(ctx, inv, [], typed)
  }

  get prints(): boolean {
    return this.#printer !== undefined
  }

  /** "deployment.apps/web created", or the object itself. */
  done(target: Target, action: string, object: KubeObject, name = object.metadata.name): void {
    const text = this.#printer ? this.#printer.one(object) : `${objectName(target.kind, name)} ${action}${drySuffix(this.#dryRun)}\n`
    const yaml = this.#printer?.format === 'yaml' && this.#printed++ > 0
    this.#ctx.out(yaml ? `---\n${text}` : text)
  }

  problem(text: string): void {
    this.#problems.push(text)
  }

  get failed(): boolean {
    return this.#problems.length > 0
  }

  /** Runs `body` for each item; its problems count, finished items are not run again when the command resumes. */
  each<T>(items: readonly T[], body: (item: T) => void): void {
    const before = this.#problems.length
    const results = this.#ctx.each<Outcome>(items.length, (i, earlier) => {
      this.#problems.length = before
      this.#printed = earlier?.printed ?? 0
      body(items[i]!)
      return { problems: this.#problems.slice(before), printed: this.#printed }
    })
    this.#problems.length = before
    for (const { problems } of results) this.#problems.push(...problems)
  }

  /** The exit code; throws the problems, if any. */
  end(): number {
    if (this.#problems.length > 0) throw new Failure(this.#problems.join('\n'))
    return 0
  }
}
