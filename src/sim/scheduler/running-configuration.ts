import type { JsonObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Engine } from '../engine/engine.ts'
import type { Derived, Table } from '../engine/table.ts'
import { DEFAULT_CONFIGURATION, readConfiguration, type SchedulerConfiguration } from './configuration.ts'
import type { Profile } from './profile.ts'
import type { QueueRules } from './queue.ts'

const KEY = 'file'
export const DEFAULT_NAME = 'default-scheduler'

/** The scheduler that a pod asks for, by name. */
export const schedulerOf = ({ spec }: Pod): string => spec.schedulerName ?? DEFAULT_NAME

/**
 * The file that the scheduler runs with. A table holds it as it was given, if any was; what follows from it is derived, so
 * that undo and branches take it along.
 */
export class RunningConfiguration implements Derived<JsonObject> {
  readonly #table: Table<JsonObject>
  readonly #changed: (now: SchedulerConfiguration) => void
  readonly #profiles = new Map<string, Profile>()
  #current = DEFAULT_CONFIGURATION

  /** `changed` is told of every change, by undo and jumps too. */
  constructor(engine: Engine, actor: string, changed: (now: SchedulerConfiguration) => void) {
    this.#changed = changed
    this.#table = engine.table<JsonObject>(`${actor}/configuration`)
    this.#use(DEFAULT_CONFIGURATION)
    this.#table.derive(this)
  }

  get current(): SchedulerConfiguration {
    return this.#current
  }

  /** The profile that a pod asks for; undefined when it is another scheduler's pod. */
  profileOf(pod: Pod): Profile | undefined {
    return this.#profiles.get(schedulerOf(pod))
  }

  /** What the queue goes by, at any time. */
  rules(): QueueRules {
    const isGated = (pod: Pod): boolean => (pod.spec.schedulingGates?.length ?? 0) > 0 && this.profileOf(pod)?.honoursGates !== false
    const current = (): SchedulerConfiguration => this.#current
    return {
      isGated,
      get initialBackoff() {
        return current().initialBackoff
      },
      get maxBackoff() {
        return current().maxBackoff
      },
    }
  }

  /** Takes a file over that has no problems; null: none, as in the beginning. */
  set(file: JsonObject | null): void {
    if (file === null) this.#table.delete(KEY)
    else this.#table.set(KEY, file)
  }

  apply(_key: string, _from: JsonObject | undefined, to: JsonObject | undefined): void {
    const reading = to && readConfiguration(to)
    this.#use(reading && 'configuration' in reading ? reading.configuration : DEFAULT_CONFIGURATION)
  }

  #use(configuration: SchedulerConfiguration): void {
    this.#current = configuration
    this.#profiles.clear()
    for (const profile of configuration.profiles) this.#profiles.set(profile.schedulerName, profile)
    this.#changed(configuration)
  }
}
