import type { Page } from '@playwright/test'
import { PROTOCOL_VERSION } from '../src/workers/protocol.ts'

const NODES = 5000
const PODS_A_NODE = 30

/**
 * In the place of the cluster's worker one that tells of 5,000 nodes with 150,000 pods at once: what is measured is the
 * page, and simulating them takes minutes. As text, because it runs in the page.
 */
const CROWD = `(() => {
  const at = '2026-01-01T00:00:00Z'
  const ready = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }] }
  const changes = []
  const nodes = []
  for (let n = 1; n <= ${NODES}; n++) {
    const name = 'node-' + n
    changes.push({ key: 'nodes/' + name, value: { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name, labels: {} }, spec: { podCIDR: '10.0.0.0/24' }, status: ready } })
    for (let p = 0; p < ${PODS_A_NODE}; p++) {
      const pod = 'web-' + n + '-' + p
      const broken = (n * 31 + p) % 97 === 0
      changes.push({ key: 'pods/default/' + pod, value: { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace: 'default', uid: pod, labels: { app: 'web' } }, spec: { nodeName: name, containers: [{ name: 'c', image: 'nginx' }] }, status: { phase: broken ? 'Failed' : 'Running', ...ready } } })
    }
    nodes.push({ name, fault: null, cpu: { requested: 3000, used: 500, allocatable: 4000 }, memory: { requested: 1, used: 1, allocatable: 2 } })
  }
  const clock = { at: 0, index: 1, endAt: 0, endIndex: 1, branch: 0, playing: false, speed: 1, origin: { at: 0, index: 1 } }
  const frame = { type: 'frame', clock, changes, reset: true, rows: [], current: null, branches: [], flights: [], components: [], previews: null, backPreviews: null, marks: [], nodes }
  const Real = globalThis.Worker
  globalThis.Worker = function (url, options) {
    if (!String(url).includes('cluster')) return new Real(url, options)
    const listeners = []
    const say = (data) => listeners.forEach((listener) => listener({ data }))
    setTimeout(() => { say({ type: 'ready', protocol: ${PROTOCOL_VERSION}, booted: true }); say(frame) }, 50)
    return {
      addEventListener: (type, listener) => { if (type === 'message') listeners.push(listener) },
      postMessage: (message) => { if (message.query) setTimeout(() => say({ type: 'answer', id: message.id, value: null }), 0) },
      terminate() {},
    }
  }
})()`

/** Opens the page on the crowd, zoomed out until all of it is on the screen. */
export async function openCrowd(page: Page, url: string): Promise<void> {
  await page.addInitScript(CROWD)
  await page.goto(url)
  await page.getByText(new RegExp(`^${NODES} ·`)).waitFor({ timeout: 120_000 })
  await page.getByRole('button', { name: /fit/i }).first().click()
  await page.getByRole('img', { name: new RegExp(`${NODES} machines`) }).waitFor({ timeout: 60_000 })
}
