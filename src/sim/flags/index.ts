import type { Engine } from '../engine/engine.ts'
import type { Flag } from './flag.ts'
import { Flags } from './flags.ts'
import { API_SERVER_FLAGS } from './kube-apiserver.ts'
import { CONTROLLER_MANAGER_FLAGS } from './kube-controller-manager.ts'
import { KUBELET_FLAGS } from './kubelet.ts'

export { idOf, isRefused, type Component, type Flag, type FlagType } from './flag.ts'
export { change, problemOf, problemOfAll, type FlagChange } from './changing.ts'
export { Flags } from './flags.ts'

/** Every setting that acts, component by component. A new one is a line in its component's file; a test asks what it changes. */
export const ALL_FLAGS: readonly Flag[] = [...API_SERVER_FLAGS, ...CONTROLLER_MANAGER_FLAGS, ...KUBELET_FLAGS]

const known = new WeakMap<Engine, Flags>()

/** The settings of the engine's cluster; one for all rooms. Ask once, at composition time. */
export function flagsIn(engine: Engine): Flags {
  let flags = known.get(engine)
  if (!flags) known.set(engine, (flags = new Flags(engine, ALL_FLAGS)))
  return flags
}
