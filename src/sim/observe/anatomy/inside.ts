import type { DockerfileView, LoadView, NodeAnatomy, PodAnatomy, PodCall } from '../../../workers/protocol-anatomy.ts'
import type { Pod } from '../../api/pod.ts'
import type { StreamEnd } from '../../api/pod-streams.ts'
import type { Timeline } from '../../engine/timeline.ts'
import { defaultRegistry } from '../../images/index.ts'
import { completeInStream } from '../../node/kubelet/completion.ts'
import type { KubeletWorld } from '../../node/kubelet/world.ts'
import type { Completion } from '../../node/linux/shell/complete.ts'
import type { Store } from '../../store/store.ts'
import { podCalls } from './calls.ts'
import { dockerfileView, type DockerfileQuestion } from './dockerfile.ts'
import { podLoad } from './load.ts'
import { nodeAnatomy } from './node.ts'
import { podAnatomy } from './pod.ts'

/** Looks into nodes and pods at the cursor. Everything is worked out when it is asked for; nothing is kept. Null where kubelets are faked. */
export class Inside {
  readonly #world: KubeletWorld | undefined
  readonly #store: Store
  readonly #timeline: Timeline

  constructor(world: KubeletWorld | undefined, store: Store, timeline: Timeline) {
    this.#world = world
    this.#store = store
    this.#timeline = timeline
  }

  /** By store key: "pods/default/web-1". */
  pod(key: string): PodAnatomy | null {
    return this.#world ? podAnatomy(this.#world, this.#pod(key), this.#timeline.clock) : null
  }

  node(name: string): NodeAnatomy | null {
    return this.#world ? nodeAnatomy(this.#world, name, this.#timeline.clock) : null
  }

  calls(key: string): readonly PodCall[] {
    return podCalls(this.#timeline, this.#store, this.#pod(key))
  }

  load(key: string): LoadView | null {
    return this.#world ? podLoad(this.#world, this.#pod(key), this.#timeline.clock) : null
  }

  /** What the shell of a container or node, at the far end of a stream, offers for Tab. */
  complete(end: StreamEnd, line: string): Completion {
    return this.#world ? completeInStream(this.#world, end, line, this.#timeline.clock) : { candidates: [], replaceFrom: line.length }
  }

  /** What a Dockerfile would make. */
  dockerfile(question: DockerfileQuestion): DockerfileView {
    return dockerfileView(this.#world?.registry ?? defaultRegistry, this.#world, question)
  }

  #pod(key: string): Pod | undefined {
    return key.startsWith('pods/') ? (this.#store.get(key) as Pod | undefined) : undefined
  }
}
