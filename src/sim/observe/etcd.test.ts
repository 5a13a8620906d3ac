import { expect, it } from 'vitest'
import { Cluster } from '../cluster.ts'

function cluster(configMaps: number): Cluster {
  const made = new Cluster({ seed: 3, nodes: 1, kubelet: 'kwok', bare: true })
  made.boot()
  for (let i = 0; i < configMaps; i++) made.kubectlNow({ argv: ['create', 'configmap', `c${i}`, `--from-literal=n=${i}`] })
  return made
}

it('shows the keys that were written last first, and counts all', () => {
  const made = cluster(8)
  const state = made.etcd('configmaps/default/')
  expect(state.keys.slice(0, 8).map(({ key }) => key)).toEqual([7, 6, 5, 4, 3, 2, 1, 0].map((i) => `/registry/configmaps/default/c${i}`))
  expect(state.matching).toBe(state.keys.length)
  expect(state.total).toBe(state.prefixes.reduce((n, { keys }) => n + keys, 0))
  expect(made.etcd('').keys[0]!.revision).toBe(made.etcd('').revision)
})

it('a list of hundreds is the latest two hundred', () => {
  const made = cluster(450)
  const { keys, matching } = made.etcd('configmaps/default/c')
  expect(matching).toBe(450)
  expect(keys.map(({ key }) => key)).toEqual(Array.from({ length: 200 }, (_, i) => `/registry/configmaps/default/c${449 - i}`))
})
