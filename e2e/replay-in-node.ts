/** Replays a shared session (the link's part after "#s=", on standard input) in Node and prints the two hashes as JSON. */
import { readFileSync } from 'node:fs'
import { createCluster } from '../src/sim/index.ts'
import { decodeSession } from '../src/ui/share/codec.ts'
import { replay } from '../src/workers/save.ts'

const { save } = decodeSession(readFileSync(0, 'utf8').trim())
const cluster = createCluster({ seed: save.seed, nodes: save.nodes, ...(save.kubelet && { kubelet: save.kubelet }), ...(save.metrics && { metrics: true }) })
cluster.boot()
replay(cluster, save)
process.stdout.write(JSON.stringify({ saved: save.hash, found: cluster.engine.hash() }))
