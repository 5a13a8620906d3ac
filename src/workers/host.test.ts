import { beforeEach, describe, expect, test } from 'vitest'
import { ClusterHost } from './host.ts'
import type { Answers, Frame, FromWorker, Query, SaveFile } from './protocol.ts'

/** A world with a clock that the test turns by hand. */
class World {
  readonly posted: FromWorker[] = []
  #now = 0
  #timers: { readonly at: number; readonly run: () => void }[] = []
  readonly host: ClusterHost
  #acks = 0
  #id = 0

  constructor(mostChanges?: number) {
    this.host = new ClusterHost(
      {
        post: (message) => {
          this.posted.push(message)
          if (message.type === 'frame') this.#acks++
        },
        now: () => this.#now,
        later: (delayMs, run) => {
          const timer = { at: this.#now + delayMs, run }
          this.#timers.push(timer)
          return () => (this.#timers = this.#timers.filter((other) => other !== timer))
        },
      },
      mostChanges,
    )
  }

  /** Lets real time pass, frame by frame, as a page would that acknowledges each. */
  pass(forMs: number): void {
    const end = this.#now + forMs
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at)
      const next = this.#timers[0]
      if (!next || next.at > end) break
      this.#timers.shift()
      this.#now = Math.max(this.#now, next.at)
      next.run()
      if (this.#acks > 0) this.host.receive({ ack: (this.#acks = 0) })
    }
    this.#now = end
  }

  async ask<T extends Query['type']>(query: Extract<Query, { type: T }>): Promise<Answers[T]> {
    const id = ++this.#id
    this.host.receive({ id, query })
    for (let i = 0; i < 100; i++) {
      await Promise.resolve()
      this.pass(20)
      const reply = this.posted.find((m) => (m.type === 'answer' || m.type === 'failure') && m.id === id)
      if (reply?.type === 'answer') return reply.value as Answers[T]
      if (reply?.type === 'failure') throw new Error(reply.message)
    }
    throw new Error(`no answer to ${query.type}`)
  }

  get frames(): Frame[] {
    return this.posted.filter((m): m is Frame => m.type === 'frame')
  }

  get frame(): Frame {
    return this.frames.at(-1)!
  }
}

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: "nginx:1.27" }] }
`

describe("the worker's host", () => {
  let world: World

  test('while paused, what does not fit into one frame comes in the next ones', async () => {
    const small = new World(100)
    small.host.boot()
    small.pass(1000)
    expect(small.frames.length).toBeGreaterThan(2)
    const told = new Set(small.frames.flatMap(({ changes }) => changes.map(({ key }) => key)))
    expect(told).toContain('nodes/node-3')
    expect(told.size).toBe((await small.ask({ type: 'etcd', filter: '' }))!.total)
  })

  beforeEach(() => {
    world = new World()
    world.host.boot()
    world.pass(50)
  })

  test('boots, says so, and shows the whole cluster in its first frame', () => {
    expect(world.posted[0]).toMatchObject({ type: 'ready', booted: true })
    expect(world.frames[0]!.reset).toBe(true)
    expect(world.frames[0]!.changes.map((c) => c.key)).toContain('nodes/node-1')
    expect(world.frame.clock.playing).toBe(false)
  })

  test('plays at the asked speed and hears a pause', async () => {
    const from = world.frame.clock.at
    await world.ask({ type: 'speed', speed: 2 })
    await world.ask({ type: 'play' })
    world.pass(1000)
    await world.ask({ type: 'pause' })
    world.pass(50)
    const moved = world.frame.clock.at - from
    expect(moved).toBeGreaterThan(1_900_000)
    expect(moved).toBeLessThan(2_200_000)
    const still = world.frame.clock.at
    world.pass(1000)
    expect(world.frame.clock.at).toBe(still)
  })

  test('applies files as kubectl does, answers at once, and the clock stands until somebody steps', async () => {
    const result = await world.ask({ type: 'apply', files: [{ name: 'web.yaml', text: WEB }] })
    expect(result.lines).toEqual([{ text: 'deployment.apps/web created', ok: true }])
    expect(world.frame.previews?.change?.sentence?.id).toBe('apiserver.stored')
    await world.ask({ type: 'step', unit: 'change' })
    expect(world.frames.flatMap((f) => f.changes).map((c) => c.key)).toContain('deployments/default/web')
  })

  test('applies nothing when one of several files does not parse, and says where', async () => {
    const before = await world.ask({ type: 'hash' })
    const result = await world.ask({ type: 'apply', files: [{ name: 'web.yaml', text: WEB }, { name: 'bad.yaml', text: 'a: [1\nb: 2\n' }] })
    expect(result.lines.every((line) => !line.ok)).toBe(true)
    expect(result.problems[0]).toMatchObject({ file: 'bad.yaml' })
    expect(await world.ask({ type: 'hash' })).toEqual(before)
  })

  test('places what the server says at the field that it names', async () => {
    const { problems } = await world.ask({ type: 'check', files: [{ name: 'web.yaml', text: WEB.replace('replicas: 2', 'replicas: -1') }] })
    expect(problems).toMatchObject([{ file: 'web.yaml', line: 5, severity: 'error' }])
    expect(problems[0]!.message).toContain('must be greater than or equal to 0')
  })

  test('a saved session comes back with the same hash, branches and cursor', async () => {
    await world.ask({ type: 'apply', files: [{ name: 'web.yaml', text: WEB }] })
    await world.ask({ type: 'step', unit: 'settle' })
    const end = world.frame.clock.index
    await world.ask({ type: 'seek', index: end - 30 })
    await world.ask({ type: 'terminal', session: 1, line: 'kubectl scale deployment web --replicas=3' })
    await world.ask({ type: 'step', unit: 'settle' })
    const save = await world.ask({ type: 'save' })
    expect(save.branches).toHaveLength(2)
    const other = new World()
    other.host.boot()
    other.pass(50)
    const loaded = await other.ask({ type: 'load', save: JSON.parse(JSON.stringify(save)) as SaveFile })
    expect(loaded).toEqual({ verified: true, expected: save.hash, found: save.hash })
    expect(other.frame.clock).toMatchObject({ index: world.frame.clock.index, branch: 1 })
  })

  test('refuses an altered save and keeps the session', async () => {
    const save = await world.ask({ type: 'save' })
    const before = await world.ask({ type: 'hash' })
    await expect(world.ask({ type: 'load', save: { ...save, version: 9 as 1 } })).rejects.toThrow('version 1')
    await expect(world.ask({ type: 'load', save: { ...save, cursor: { ...save.cursor, index: 1e9 } } })).rejects.toThrow('1000000000')
    expect(await world.ask({ type: 'hash' })).toEqual(before)
  })

  test('a reading command typed in the past leaves history as it is', async () => {
    await world.ask({ type: 'apply', files: [{ name: 'web.yaml', text: WEB }] })
    await world.ask({ type: 'step', unit: 'settle' })
    await world.ask({ type: 'seek', index: world.frame.clock.index - 20 })
    const before = await world.ask({ type: 'hash' })
    expect(await world.ask({ type: 'terminal', session: 1, line: 'kubectl get pods' })).toEqual({ exit: 0 })
    const output = world.posted.filter((m) => m.type === 'output').map((m) => m.text).join('')
    expect(output).toContain('NAME')
    expect(await world.ask({ type: 'hash' })).toEqual(before)
    expect(world.frame.branches).toHaveLength(1)
  })
})
