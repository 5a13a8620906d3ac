import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import { isAlreadyExists, isStatus } from '../api/status.ts'
import { ApiServer } from '../apiserver/server.ts'
import { ControllerRunner } from '../client/controller-runner.ts'
import type { Controller } from '../client/controller.ts'
import { InformerFactory } from '../client/informer.ts'
import { CONFIG_MAPS, create, NAMESPACES, remove, type Request } from '../client/request.ts'
import { Client } from '../client/transport.ts'
import { Engine } from '../engine/engine.ts'
import { notesOf } from '../engine/event.ts'
import { seconds } from '../engine/time.ts'
import { Timeline } from '../engine/timeline.ts'

/** Wants two ConfigMaps, a and b, in every namespace. */
const twins: Controller = {
  name: 'twins-controller',
  workers: 2,
  watches: [
    { resource: NAMESPACES, onAdd: (ctx, ns: KubeObject) => ctx.enqueue(ns.metadata.name) },
    { resource: CONFIG_MAPS, onDelete: (ctx, cm: KubeObject) => ctx.enqueue(cm.metadata.namespace!) },
  ] as Controller['watches'],
  reconcile(ctx, namespace) {
    const missing = ['a', 'b'].filter((name) => !ctx.lister('configmaps').get(namespace, name))
    ctx.note('twins.sync', { key: namespace, missing: missing.length })
    const body = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } })
    for (const answer of ctx.all(missing.map((name) => create(CONFIG_MAPS, namespace, body(name)))))
      if (isStatus(answer) && !isAlreadyExists(answer)) return { retry: answer.message ?? '' }
    ctx.sleep(seconds(1))
    ctx.note('twins.done', { key: namespace, at: ctx.now })
    return undefined
  },
}

function world() {
  const engine = new Engine({ seed: 5 })
  engine.debug = true
  const timeline = new Timeline(engine)
  const server = new ApiServer(engine)
  const informers = new InformerFactory(engine, 'kcm', new Client(engine, 'kcm', { user: 'system:kcm' }))
  const runner = new ControllerRunner(engine, twins, informers)
  const user = new Client(engine, 'user', { user: 'system:test' })
  engine.actor('test', { start: (ctx) => informers.start(ctx), send: (ctx, request: Request) => user.send(ctx, request) })
  timeline.command('test', 'start', null)
  const send = (request: Request) => timeline.command('test', 'send', request)
  const addNamespace = (name: string) => send(create(NAMESPACES, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
  return { engine, timeline, server, runner, send, addNamespace }
}

describe('a controller on the machinery', () => {
  test('acts through reflector, delta FIFO, indexer, queue and worker, each as an event of its own', () => {
    const w = world()
    w.timeline.runUntil(seconds(1))
    w.addNamespace('one')
    w.timeline.runUntil(seconds(4))
    expect(w.server.store.keys('configmaps')).toEqual(['configmaps/one/a', 'configmaps/one/b'])
    const kinds = Array.from({ length: w.timeline.index }, (_, i) => w.timeline.at(i + 1)!.event).map((e) => `${e.actor} ${e.what}`)
    const from = kinds.lastIndexOf('test send')
    expect(kinds.slice(from, from + 5)).toEqual(['test send', 'apiserver request', 'informers-kcm watch', 'informers-kcm pop', 'twins-controller work'])
  })

  test('says each sentence once although the function runs again after every answer', () => {
    const w = world()
    w.addNamespace('one')
    w.timeline.runUntil(seconds(5))
    const notes = Array.from({ length: w.timeline.index }, (_, i) => w.timeline.at(i + 1)!).flatMap((s) => notesOf(s).map((n) => n.id))
    expect(notes.filter((id) => id === 'twins.sync')).toHaveLength(1)
    expect(notes.filter((id) => id === 'twins.done')).toHaveLength(1)
    expect(w.runner.jobs.table.size).toBe(0)
    expect(w.runner.queue.rows.size).toBe(0)
  })

  test('repairs what somebody else deletes', () => {
    const w = world()
    w.addNamespace('one')
    w.timeline.runUntil(seconds(3))
    w.send(remove(CONFIG_MAPS, w.server.store.get('configmaps/one/b')!))
    w.timeline.runUntil(seconds(6))
    expect(w.server.store.keys('configmaps')).toEqual(['configmaps/one/a', 'configmaps/one/b'])
  })

  test('tries again with back-off while the namespace refuses, and undoing everything gives the first hash', () => {
    const w = world()
    const first = new Engine({ seed: 5 }).hash()
    w.addNamespace('one')
    w.timeline.runUntil(seconds(3))
    while (w.timeline.back());
    expect(w.engine.hash()).toBe(first)
  })

  test('drops its work when it is stopped and lists anew when it is started', () => {
    const w = world()
    w.timeline.runUntil(seconds(1))
    w.timeline.command('twins-controller', 'stop', null)
    w.addNamespace('one')
    w.timeline.runUntil(seconds(3))
    expect(w.server.store.keys('configmaps')).toEqual([])
    w.timeline.command('twins-controller', 'resume', null)
    w.timeline.runUntil(seconds(6))
    expect(w.server.store.keys('configmaps')).toHaveLength(2)
  })

  test('must not read the world inside once', () => {
    const engine = new Engine({ seed: 5 })
    const timeline = new Timeline(engine)
    const nosy: Controller = { name: 'nosy-controller', workers: 1, watches: [], start: (ctx) => ctx.enqueue('x'), reconcile: (ctx) => void ctx.once(() => ctx.now) }
    void new ControllerRunner(engine, nosy, new InformerFactory(engine, 'kcm', new Client(engine, 'kcm', { user: 'system:kcm' })))
    timeline.command('nosy-controller', 'start', null)
    expect(() => timeline.runUntil(seconds(1))).toThrow('a logged read (now, lister, once …) inside once()')
  })
})
