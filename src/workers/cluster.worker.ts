import { ClusterHost } from './host.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

/** The worker's entry: mail in, mail out. All that it does is in ClusterHost. */
const scope = self as unknown as {
  postMessage(message: FromWorker): void
  onmessage: ((event: { readonly data: ToWorker }) => void) | null
}

const host = new ClusterHost({
  post: (message) => scope.postMessage(message),
  now: () => performance.now(),
  later: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
})

scope.onmessage = ({ data }) => host.receive(data)
host.boot()
