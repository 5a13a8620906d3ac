import type { Branch, BranchView, CommandRecord } from './branch.ts'
import type { Checkpoint, Engine } from './engine.ts'
import type { Payload, SimEvent, Step } from './event.ts'
import { invariant } from './invariant.ts'
import { StepLog, type Segment } from './step-log.ts'
import type { Micros } from './time.ts'

export interface TimelineOptions {
  /** Steps a segment. */
  readonly segment?: number
  /** How many cells all resident steps may hold before the oldest segments give way to checkpoints and replay. */
  readonly budget?: number
  /** False: no steps are kept (headless runs); stepping back is then impossible. */
  readonly keep?: boolean
}

/** The state before anything happened: composition declares tables and writes none. */
const NOTHING: Checkpoint = { tables: new Map(), queue: [], nextSeq: 1, now: 0 }

/**
 * History as a tree of steps with a cursor. Steps are numbered from 1 along a path from the root. Going back applies
 * diffs, going forward re-applies recorded ones or runs the clockwork; a command in the past opens a branch.
 */
export class Timeline {
  readonly engine: Engine
  readonly #segmentSize: number
  readonly #budget: number
  readonly #keep: boolean
  readonly #branches: Branch[] = []
  #branch: Branch
  #index = 0
  #clock: Micros = 0
  #weight = 0
  #sinceCheckpoint = 0

  constructor(engine: Engine, options: TimelineOptions = {}) {
    this.engine = engine
    this.#segmentSize = options.segment ?? 2048
    this.#budget = options.budget ?? 24_000_000
    this.#keep = options.keep ?? true
    this.#branch = this.#newBranch(undefined)
  }

  /** Steps behind the cursor. */
  get index(): number {
    return this.#index
  }

  /** The instant shown: never before the last step, never after the next one. */
  get clock(): Micros {
    return this.#clock
  }

  get branch(): number {
    return this.#branch.id
  }

  /** Last known step of the current branch. */
  get endIndex(): number {
    return this.#branch.seen
  }

  /** Last known instant of the current branch. */
  get endAt(): Micros {
    return this.#branch.endAt
  }

  /** Cells held by resident steps. */
  get weight(): number {
    return this.#weight
  }

  branches(): readonly BranchView[] {
    return this.#branches.map((b) => ({
      id: b.id,
      parent: b.parent ? b.parent.id : null,
      forkIndex: b.fork,
      forkAt: b.forkAt,
      endIndex: b.seen,
      endAt: b.endAt,
      commands: [...b.commands.values()],
    }))
  }

  /** Commands along the current path, up to its known end, in order. */
  commands(): readonly CommandRecord[] {
    const path: CommandRecord[] = []
    for (let b: Branch | undefined = this.#branch, limit = Infinity; b; limit = Math.min(limit, b.fork), b = b.parent)
      path.unshift(...[...b.commands.values()].filter((c) => c.index <= limit))
    return path
  }

  /** The instant at which the next step happens: a recorded one or one of the queue. Undefined: nothing to come. */
  nextAt(): Micros | undefined {
    return this.nextEvent()?.at
  }

  nextEvent(): SimEvent | undefined {
    return this.at(this.#index + 1)?.event ?? this.engine.queue.peek()
  }

  /** One step forward; undefined when nothing is due any more. */
  step(): Step | undefined {
    const step = this.#advance()
    if (step) this.#see()
    return step
  }

  /** One step back; undefined at the beginning. */
  back(): Step | undefined {
    const step = this.at(this.#index)
    if (this.#index === 0) return undefined
    this.#goto(this.#index - 1)
    return step
  }

  /** Moves the clock forward without a step, at most to the next event. */
  wait(until: Micros): void {
    const next = this.nextAt()
    this.#clock = Math.max(this.#clock, next === undefined ? until : Math.min(until, next))
    if (this.#index === this.#branch.seen) this.#branch.endAt = Math.max(this.#branch.endAt, this.#clock)
  }

  /** Runs what is due up to and including `until` (at most `limit` steps), then lets the clock stand there. Returns the number of steps. */
  runUntil(until: Micros, limit = Infinity): number {
    let steps = 0
    while (steps < limit) {
      const at = this.nextAt()
      if (at === undefined || at > until) {
        this.wait(until)
        break
      }
      this.step()
      steps++
    }
    return steps
  }

  /** A command at the cursor's clock. In the past of a branch it opens a new one. */
  command(actor: string, what: string, payload: Payload): Step {
    const at = this.#clock
    if (this.#index < this.#branch.seen) this.#branch = this.#newBranch(this.#branch)
    else this.#weight -= this.#branch.log.truncate(this.#index)
    const { commands } = this.#branch
    const index = this.#index + 1
    const checkpoint = this.#checkpointFor(index)
    const step = this.engine.command(at, actor, what, payload)
    if (this.#keep) commands.set(index, { index, at, actor, what, payload })
    this.#append(step, checkpoint)
    this.#see()
    return step
  }

  /**
   * Runs ahead up to `limit` steps to see what is to come, then back again; the cursor does not move. `until` says at
   * which step to stop. What was run stays recorded, so stepping there afterwards costs nothing.
   */
  peek<T>(limit: number, until: (step: Step, index: number) => T | undefined): T | undefined {
    const from = this.#index
    const clock = this.#clock
    let found: T | undefined
    for (let n = 0; n < limit && found === undefined; n++) {
      const step = this.#advance()
      if (!step) break
      found = until(step, this.#index)
    }
    this.#goto(from)
    this.#clock = clock
    return found
  }

  /** Looks at the state behind step `index` of the current path; the cursor does not move. `look` must leave no trace. */
  visit<T>(index: number, look: () => T): T {
    const from = this.#index
    const clock = this.#clock
    this.#goto(index)
    try {
      return look()
    } finally {
      this.#goto(from)
      this.#clock = clock
    }
  }

  /**
   * Runs a command here as if it had been given, until `done` says so or `limit` steps have passed, then takes everything
   * back: history and cursor stay as they are. For reading commands and for looking at what a command would do.
   */
  ghost<T>(actor: string, what: string, payload: Payload, limit: number, done: () => T | undefined): T | undefined {
    const ran: Step[] = [this.engine.command(this.#clock, actor, what, payload)]
    const instants = [this.engine.now]
    const start = this.#index === 0 ? 0 : (this.at(this.#index)?.event.at ?? this.#clock)
    let found = done()
    try {
      while (found === undefined && ran.length < limit) {
        const step = this.engine.step()
        if (!step) break
        ran.push(step)
        instants.push(step.event.at)
        found = done()
      }
    } finally {
      for (let i = ran.length - 1; i >= 0; i--) this.engine.undo(ran[i]!, i > 0 ? instants[i - 1]! : start)
    }
    return found
  }

  /** Puts the cursor behind step `index` of `branch`. Throws RangeError where there is no such step. */
  seek(index: number, branch: number = this.#branch.id): void {
    const target = this.#branches[branch]
    if (!target) throw new RangeError(`there is no branch ${branch}; branches are 0 to ${this.#branches.length - 1}`)
    if (!Number.isInteger(index) || index < 0 || index > target.seen)
      throw new RangeError(`step ${index} is not on branch ${branch}; its steps are 0 to ${target.seen}`)
    if (target !== this.#branch) this.#switch(target)
    this.#goto(index)
  }

  /** Puts the cursor at instant `at` of the current branch, as far as it is known. */
  seekTime(at: Micros): void {
    const target = Math.max(0, Math.min(at, this.#branch.endAt))
    this.seek(this.#indexNear(target))
    while (this.#index < this.#branch.seen && this.nextAt()! <= target) this.#advance()
    this.wait(target)
  }

  /** The recorded step `index` of the current path; undefined when it never was or its segment has been dropped. */
  at(index: number): Step | undefined {
    return index < 1 ? undefined : this.#owner(index).log.get(index)
  }

  /** The step on the current path that executed event `seq`, searched backwards from step `from`. */
  stepOf(seq: number, from: number = this.#index): { readonly step: Step; readonly index: number } | undefined {
    for (let index = from; index > 0; index--) {
      const step = this.at(index)
      if (!step) return undefined
      if (step.event.seq === seq) return { step, index }
    }
    return undefined
  }

  #newBranch(parent: Branch | undefined): Branch {
    const branch: Branch = {
      id: this.#branches.length,
      parent,
      fork: this.#index,
      forkAt: this.#clock,
      log: new StepLog(this.#segmentSize),
      commands: new Map(),
      seen: this.#index,
      endAt: this.#clock,
    }
    this.#branches.push(branch)
    return branch
  }

  #see(): void {
    const branch = this.#branch
    if (this.#index > branch.seen) branch.seen = this.#index
    if (this.#clock > branch.endAt) branch.endAt = this.#clock
  }

  /** One step forward without counting as seen: a recorded one again, or a new one. */
  #advance(): Step | undefined {
    const index = this.#index + 1
    const recorded = this.at(index)
    if (recorded) {
      this.engine.redo(recorded)
      this.#index = index
      this.#clock = recorded.event.at
      return recorded
    }
    const checkpoint = this.#checkpointFor(index)
    // A command keeps its place when its segment was dropped and is made again.
    const command = this.#owner(index).commands.get(index)
    const step = command ? this.engine.command(command.at, command.actor, command.what, command.payload) : this.engine.step()
    if (step) this.#append(step, checkpoint)
    return step
  }

  #append(step: Step, checkpoint: Checkpoint | undefined): void {
    const index = ++this.#index
    this.#clock = step.event.at
    if (!this.#keep) return
    const weight = this.#owner(index).log.put(index, step, checkpoint)
    this.#weight += weight
    this.#sinceCheckpoint += weight
    if (this.#weight > this.#budget) this.#evict()
  }

  /** A checkpoint costs as much as the state is large, so one is due only after that much work. */
  #checkpointFor(index: number): Checkpoint | undefined {
    if (!this.#keep || !this.#owner(index).log.begins(index)) return undefined
    if (index === 1) return NOTHING
    let rows = 0
    for (const table of this.engine.tables()) rows += table.size
    if (this.#sinceCheckpoint < 16 * rows) return undefined
    this.#sinceCheckpoint = 0
    return this.engine.checkpoint()
  }

  /** The oldest resident segments give way, but never the ones around the cursor. */
  #evict(): void {
    for (const branch of this.#branches)
      for (const segment of branch.log.segments) {
        if (this.#weight <= this.#budget) return
        if (segment.steps && !this.#isNear(segment)) this.#weight -= branch.log.drop(segment)
      }
  }

  #isNear(segment: Segment): boolean {
    return this.#index >= segment.from - this.#segmentSize && this.#index <= segment.from + 2 * this.#segmentSize
  }

  /** Moves the cursor along the current path, by diffs where they are at hand, else from a checkpoint. */
  #goto(index: number): void {
    const checkpoint = this.#nearestCheckpoint(index)
    const byDiffs = Math.abs(this.#index - index)
    const byReplay = checkpoint ? index - (checkpoint.from - 1) : Infinity
    if (byReplay + this.#segmentSize < byDiffs) this.#restore(checkpoint!)
    while (this.#index > index) {
      const step = this.at(this.#index)
      const before = this.#index === 1 ? 0 : this.at(this.#index - 1)?.event.at
      if (!step || before === undefined) {
        invariant(checkpoint, `step ${this.#index} was not kept, so there is no way back; run with history`)
        this.#restore(checkpoint)
        break
      }
      this.engine.undo(step, before)
      this.#index--
    }
    while (this.#index < index) invariant(this.#advance(), `step ${this.#index + 1} of ${index} could not be made again`)
    this.#clock = this.engine.now
  }

  #restore(segment: Segment): void {
    this.engine.restore(segment.checkpoint!)
    this.#index = segment.from - 1
  }

  /** The last segment on the current path with a checkpoint whose state lies at or before step `index`. */
  #nearestCheckpoint(index: number): Segment | undefined {
    for (let branch: Branch | undefined = this.#branch, limit = index; branch; limit = Math.min(limit, branch.fork), branch = branch.parent) {
      const { segments } = branch.log
      for (let i = segments.length - 1; i >= 0; i--) {
        const segment = segments[i]!
        if (segment.checkpoint && segment.from - 1 <= limit) return segment
      }
    }
    return undefined
  }

  /** The branch on the current path that holds step `index`. */
  #owner(index: number): Branch {
    let branch = this.#branch
    while (index <= branch.fork && branch.parent) branch = branch.parent
    return branch
  }

  /** The last step at or before `at` as far as resident steps tell, else the beginning of its segment. */
  #indexNear(at: Micros): number {
    let low = 0
    let high = this.#branch.seen
    while (low < high) {
      const mid = (low + high + 1) >> 1
      if (this.#startOf(mid) <= at) low = mid
      else high = mid - 1
    }
    if (low === 0 || this.at(low)) return low
    return Math.max(this.#owner(low).log.find(low)!.from - 1, 0)
  }

  #startOf(index: number): Micros {
    const segment = this.#owner(index).log.find(index)
    return segment?.steps?.[index - segment.from]?.event.at ?? segment?.startAt ?? 0
  }

  #switch(target: Branch): void {
    const current = new Map<Branch, number>()
    for (let b: Branch | undefined = this.#branch, limit = this.#index; b; limit = Math.min(limit, b.fork), b = b.parent) current.set(b, limit)
    let common = target
    let limit = target.seen
    while (!current.has(common)) {
      limit = Math.min(limit, common.fork)
      common = common.parent!
    }
    this.#goto(Math.min(limit, current.get(common)!))
    this.#branch = target
  }
}
