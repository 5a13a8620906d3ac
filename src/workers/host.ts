import { createCluster, EngineFault, indexBack, stepForward, type Cluster } from '../sim/index.ts'
import { applyFiles, checkFiles, mendFile, liveTexts } from './applying.ts'
import { answerSettings, changeSettings } from './components.ts'
import { FrameMaker } from './frames.ts'
import { Pacer } from './pacer.ts'
import { PROTOCOL_VERSION, type Answers, type ClusterSettings, type FromWorker, type Query, type SaveFile, type ToWorker } from './protocol.ts'
import { answerQuestion } from './questions.ts'
import { checkSave, replay, saveOf } from './save.ts'
import { Terminals } from './terminals.ts'

/** What the host needs of the world: a mailbox, a clock in milliseconds, a timer. */
export interface HostWorld {
  post(message: FromWorker): void
  now(): number
  /** Runs something later; gives back how to call it off. */
  later(delayMs: number, run: () => void): () => void
}

const FRAME = 16
/** Cells of history that stay in memory, some 100 MB; what is older is made again when somebody goes there. */
const HISTORY = { budget: 8_000_000 }
/** A page that does not acknowledge frames is busy; it gets the next one after this long all the same. */
const PATIENCE = 400

/** Hosts one cluster: executes queries, paces time, posts frames. Knows no DOM and no worker, so Node can test it. */
export class ClusterHost {
  #cluster: Cluster
  #frames: FrameMaker
  readonly #world: HostWorld
  readonly #pacer: Pacer
  readonly #terminals: Terminals
  #cancelTick: (() => void) | undefined
  #lastFrame = -Infinity
  #waitingForAck = false
  #settings: ClusterSettings = { seed: 1, nodes: 3, kubelet: 'detailed', metrics: true }
  #broken = false
  #force = true

  /** `mostChanges`: so many objects go into one frame. */
  constructor(world: HostWorld, mostChanges?: number) {
    this.#world = world
    this.#pacer = new Pacer(world.now)
    this.#cluster = createCluster({ ...this.#settings, history: HISTORY })
    this.#frames = new FrameMaker(this.#cluster, mostChanges)
    this.#terminals = new Terminals({
      cluster: () => this.#cluster,
      playing: () => this.#pacer.playing,
      output: (session, stream, text) => world.post({ type: 'output', session, stream, text }),
      seat: (session, seat) => world.post({ type: 'seat', session, seat }),
      edit: (session, edit, name, text) => world.post({ type: 'edit', session, edit, name, text }),
      moved: () => this.#touch(),
    })
  }

  /** Starts the first cluster and tells the page. */
  boot(): void {
    this.#guard(() => {
      this.#cluster.boot()
      this.#world.post({ type: 'ready', protocol: PROTOCOL_VERSION, booted: true })
      this.#touch()
    })
  }

  receive(message: ToWorker): void {
    if ('ack' in message) {
      this.#waitingForAck = false
      return
    }
    const { id, query } = message
    if (this.#broken) {
      this.#world.post({ type: 'failure', id, message: 'the simulation has stopped after a fault; load a save or reset' })
      return
    }
    this.#guard(() => {
      const value = this.#execute(query)
      if (value instanceof Promise)
        value.then(
          (settled: unknown) => this.#answer(id, settled),
          (reason: unknown) => this.#fail(id, reason),
        )
      else this.#answer(id, value)
    }, id)
  }

  #answer(id: number, value: unknown): void {
    this.#world.post({ type: 'answer', id, value })
  }

  #fail(id: number, reason: unknown): void {
    if (reason instanceof EngineFault) this.#crash(reason)
    this.#world.post({ type: 'failure', id, message: reason instanceof Error ? reason.message : String(reason) })
  }

  /** A fault of the simulation ends this worker's usefulness: the page is told and gets what reproduces the state. */
  #guard(body: () => void, id?: number): void {
    try {
      body()
    } catch (reason) {
      if (reason instanceof EngineFault) this.#crash(reason)
      if (id !== undefined) this.#world.post({ type: 'failure', id, message: reason instanceof Error ? reason.message : String(reason) })
      else if (!(reason instanceof EngineFault)) this.#crash(reason)
    }
  }

  #crash(reason: unknown): void {
    this.#broken = true
    this.#pacer.pause()
    let save: SaveFile | null = null
    try {
      save = saveOf(this.#cluster)
    } catch {
      // The state may be too broken to be described; the page has its own autosave.
    }
    this.#world.post({ type: 'crash', message: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason), save })
  }

  #execute(query: Query): unknown {
    const cluster = this.#cluster
    const { timeline } = cluster
    switch (query.type) {
      case 'play':
        this.#pacer.play()
        return this.#touched(null)
      case 'pause':
        this.#pacer.pause()
        return this.#touched(null)
      case 'speed':
        this.#pacer.speed = query.speed
        return this.#touched(null)
      case 'step':
        this.#pacer.pause()
        if (query.back) timeline.seek(Math.max(indexBack(timeline, query.unit), cluster.origin.index))
        else stepForward(timeline, query.unit)
        return this.#touched(null)
      case 'seek':
        this.#pacer.pause()
        this.#seek(query.index, query.at, query.branch)
        return this.#touched(null)
      case 'node':
        cluster.nodeAction(query.action, query.name)
        return this.#touched(null)
      case 'component':
        cluster.setComponent(query.name, query.running)
        return this.#touched(null)
      case 'apply':
        return this.#touched(applyFiles(cluster, query.files))
      case 'mend':
        return mendFile(cluster, query.file)
      case 'check':
        return { problems: checkFiles(cluster, query.files) } satisfies Answers['check']
      case 'lastApplied':
        return { texts: liveTexts(cluster, query.files) } satisfies Answers['lastApplied']
      case 'delete':
        return this.#touched(this.#terminals.command(['delete', ...cluster.kubectlName(query.key)]))
      case 'kubectl':
        return this.#touched(this.#terminals.command(query.argv))
      case 'terminal':
        return this.#terminals.run(query.session, query.line)
      case 'interrupt':
        this.#terminals.interrupt(query.session)
        return null
      case 'closeTerminal':
        this.#terminals.close(query.session)
        return null
      case 'complete':
        return this.#terminals.complete(query.line, query.cursor, query.session)
      case 'typed':
        this.#terminals.typed(query.session, { ...(query.text === undefined ? {} : { text: query.text }), ...(query.end ? { end: true } : {}) })
        return null
      case 'edited':
        this.#terminals.edited(query.edit, query.text)
        return null
      case 'save':
        return saveOf(cluster)
      case 'load':
        return this.#load(query.save)
      case 'reset':
        this.#settings = { seed: query.seed ?? this.#settings.seed, nodes: query.nodes ?? this.#settings.nodes, kubelet: query.kubelet ?? this.#settings.kubelet, cloud: query.cloud ?? this.#settings.cloud ?? false, metrics: true, flags: query.flags ?? {} }
        this.#replace(createCluster({ ...this.#settings, history: HISTORY }), (fresh) => fresh.boot())
        return null
      case 'hash':
        return { hash: cluster.engine.hash() } satisfies Answers['hash']
      case 'flag':
      case 'storageAct':
      case 'configure':
        return this.#touched(changeSettings(cluster, query))
      case 'fileSchemas':
      case 'flags':
      case 'flagsProblem':
      case 'reconciles':
      case 'storage':
      case 'configuration':
        return answerSettings(cluster, query)
      default:
        return answerQuestion(cluster, query)
    }
  }

  #seek(index?: number, at?: number, branch?: number): void {
    const { timeline, origin } = this.#cluster
    if (branch !== undefined && branch !== timeline.branch) {
      const target = timeline.branches().find((b) => b.id === branch)
      if (!target) throw new RangeError(`there is no branch ${branch}`)
      timeline.seek(index ?? target.endIndex, branch)
    } else if (index !== undefined) timeline.seek(Math.max(0, index))
    if (at !== undefined) timeline.seekTime(Math.max(origin.at, at))
  }

  /** Verifies before it replaces: a save that does not hold together leaves the present session alone. */
  #load(save: SaveFile): Answers['load'] {
    checkSave(save)
    const settings: ClusterSettings = { seed: save.seed, nodes: save.nodes, kubelet: save.kubelet ?? 'detailed', cloud: save.cloud ?? false, metrics: save.metrics ?? false, flags: save.flags ?? {} }
    const fresh = createCluster({ ...settings, history: HISTORY })
    fresh.boot()
    replay(fresh, save)
    const found = fresh.engine.hash()
    this.#settings = settings
    this.#replace(fresh, () => undefined)
    return { verified: found === save.hash, expected: save.hash ?? null, found }
  }

  #replace(fresh: Cluster, prepare: (fresh: Cluster) => void): void {
    prepare(fresh)
    this.#pacer.pause()
    this.#terminals.reset()
    this.#cluster = fresh
    this.#broken = false
    this.#frames.attach(fresh)
    this.#touch()
  }

  #touched<T>(value: T): T {
    this.#touch()
    return value
  }

  /** Something may have changed: look at once. */
  #touch(): void {
    this.#force = true
    this.#schedule(0)
  }

  #schedule(delay: number): void {
    this.#cancelTick?.()
    this.#cancelTick = this.#world.later(Math.min(delay, 1000), () => this.#guard(() => this.#tick()))
  }

  #tick(): void {
    this.#cancelTick = undefined
    let next = Infinity
    if (this.#pacer.playing && !this.#broken) {
      next = this.#pacer.slice(this.#cluster, (step) => this.#frames.saw(step))
    }
    this.#terminals.settle()
    const sinceFrame = this.#world.now() - this.#lastFrame
    const free = !this.#waitingForAck || sinceFrame > PATIENCE
    if ((this.#force || this.#pacer.playing || this.#frames.due()) && free && sinceFrame >= FRAME) this.#frame()
    // What did not fit into this frame, or had to wait, goes with the next.
    if (this.#pacer.playing || this.#force || this.#frames.due()) next = Math.min(next, FRAME)
    if (next !== Infinity) this.#schedule(next)
  }

  #frame(): void {
    this.#force = false
    this.#lastFrame = this.#world.now()
    this.#waitingForAck = true
    const { playing, speed } = this.#pacer
    this.#world.post(this.#frames.make(playing, speed, !playing))
  }
}
