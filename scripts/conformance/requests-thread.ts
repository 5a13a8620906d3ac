import { parentPort, workerData } from 'node:worker_threads'
import { runPart } from './requests-part.ts'

const { dir, indexes, failures } = workerData as { dir: string; indexes: readonly number[]; failures: number }
parentPort!.postMessage(await runPart(dir, indexes, failures))
