import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardHeight, clusterLayout, columnsFor, type Box, type MachineShape } from './cluster-layout.ts'
import { placeOfActor } from './places.ts'
import { treeLayout, type TreeItem } from './tree-layout.ts'

const machine = (at: number, tiles = 3): MachineShape => ({ name: `node-${at}`, controlPlane: at === 0, tiles, chips: 1 })
const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe('the layout of the cluster view', () => {
  it('never lets two cards overlap, whatever runs where', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(120), { minLength: 1, maxLength: 60 }), fc.integer({ min: 300, max: 2400 }), (tiles, width) => {
        const { machines, parts } = clusterLayout(tiles.map((count, at) => machine(at, count)), width)
        const boxes = [...machines.values(), ...Object.values(parts)]
        boxes.forEach((a, at) => boxes.slice(at + 1).forEach((b) => expect(overlap(a, b)).toBe(false)))
      }),
    )
  })

  it('puts three workers side by side at the width of the drawing', () => {
    const { machines } = clusterLayout([0, 1, 2, 3].map((at) => machine(at)), 716)
    expect(new Set([1, 2, 3].map((at) => machines.get(`node-${at}`)?.y)).size).toBe(1)
  })

  it('does not shrink a card that was taller', () => {
    const { machines } = clusterLayout([machine(1, 1)], 716, new Map([['node-1', 400]]))
    expect(machines.get('node-1')?.height).toBe(400)
  })

  it('does not move anything for one more pod in a row that is not full', () => {
    expect(cardHeight({ tiles: 7, chips: 1 })).toBe(cardHeight({ tiles: 8, chips: 1 }))
  })

  it('makes a grid that is wider than high of many nodes', () => {
    expect(columnsFor(100, 716)).toBeGreaterThan(9)
  })
})

describe('the layout of the workloads view', () => {
  const leaf = (key: string): TreeItem => ({ key, height: 40, children: [] })

  it('stands a parent beside its first child', () => {
    const places = treeLayout([{ key: 'd', height: 40, children: [{ key: 'rs', height: 40, children: [leaf('p1'), leaf('p2')] }] }])
    expect(places.map(({ key, depth }) => [key, depth])).toEqual([['d', 0], ['rs', 1], ['p1', 2], ['p2', 2]])
    expect(new Set(places.slice(0, 3).map(({ y }) => y)).size).toBe(1)
  })

  it('leaves everything above a new child where it was', () => {
    const before = treeLayout([{ key: 'rs', height: 40, children: [leaf('a'), leaf('b')] }])
    const after = treeLayout([{ key: 'rs', height: 40, children: [leaf('a'), leaf('b'), leaf('c')] }])
    expect(after.slice(0, 3)).toEqual(before)
  })
})

describe('places of actors', () => {
  it('are the cards of the map', () => {
    expect(['apiserver', 'replicaset-controller', 'kube-scheduler', 'kubelet/node-1', 'user', 'kubectl/1'].map(placeOfActor)).toEqual(['apiserver', 'controllers', 'scheduler', 'node/node-1', 'kubectl', 'kubectl'])
  })
})
