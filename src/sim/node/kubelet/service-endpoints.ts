/** An endpoint of a slice, as far as the choice looks at it. */
export interface Candidate {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly hints?: { readonly forNodes?: readonly { readonly name: string }[]; readonly forZones?: readonly { readonly name: string }[] }
  readonly nodeName?: string
}

/** Whose connection it is: what runs on this node. */
export interface Client {
  readonly node: string | undefined
  readonly zone: string | undefined
}

const isReady = ({ conditions }: Candidate): boolean => conditions?.ready !== false
const names = (list: readonly { readonly name: string }[] | undefined, name: string | undefined): boolean => name !== undefined && (list ?? []).some((one) => one.name === name)

/**
 * Endpoints that a connection from a node may go to: those on the node itself with the policy Local, else what hints prefer for
 * the node or its zone, where each ready endpoint has such hints; ones that are going only when no other is left (pkg/proxy: topology.go).
 */
export function eligible<T extends Candidate>(endpoints: readonly T[], policy: string | undefined, { node, zone }: Client): readonly T[] {
  const here = policy === 'Local' ? endpoints.filter(({ nodeName }) => nodeName === node) : endpoints
  const ready = here.filter(isReady)
  if (ready.length === 0) return here.filter(({ conditions }) => conditions?.serving === true && conditions.terminating === true)
  if (policy === 'Local') return ready
  return preferred(ready, ({ hints }) => hints?.forNodes, node) ?? preferred(ready, ({ hints }) => hints?.forZones, zone) ?? ready
}

function preferred<T>(ready: readonly T[], hintsOf: (endpoint: T) => readonly { readonly name: string }[] | undefined, name: string | undefined): readonly T[] | undefined {
  if (!ready.every((endpoint) => hintsOf(endpoint)?.length)) return undefined
  const fitting = ready.filter((endpoint) => names(hintsOf(endpoint), name))
  return fitting.length > 0 ? fitting : undefined
}
