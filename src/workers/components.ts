import { parse } from 'yaml'
import { currentFile, fileSchemas, problemOfSettings, reconcilesOf, startWithFile, type Cluster, type JsonObject } from '../sim/index.ts'
import type { SettingsAnswers, SettingsQuery, StorageState } from './protocol-settings.ts'
import { yamlText } from './yaml-text.ts'

type Looking = Extract<SettingsQuery, { type: 'fileSchemas' | 'flags' | 'flagsProblem' | 'reconciles' | 'storage' | 'configuration' }>
type Changing = Exclude<SettingsQuery, Looking>

/** Questions about settings, reconciles and storage: nothing moves. */
export function answerSettings(cluster: Cluster, query: Looking): SettingsAnswers[Looking['type']] {
  switch (query.type) {
    case 'fileSchemas':
      return fileSchemas()
    case 'flags':
      return cluster.flags.list()
    case 'flagsProblem':
      return { problem: problemOfSettings(query.flags, query.kubelet) ?? null }
    case 'reconciles':
      return reconcilesOf(cluster.timeline, query.controller, query.count)
    case 'storage':
      return storage(cluster, query.driver)
    case 'configuration':
      return { text: yamlText(currentFile(cluster, query.component)) }
  }
}

/** Changes of settings and storage, each a command of the timeline. */
export function changeSettings(cluster: Cluster, query: Changing): SettingsAnswers[Changing['type']] {
  switch (query.type) {
    case 'flag':
      return { problem: problemOf(() => cluster.flags.set(cluster.timeline, query.flag, query.value)) ?? null }
    case 'storageAct': {
      const { act, ...command } = query.command
      const payload = act === 'heal' ? (command as { method: string }).method : 'left' in command && command.left === null ? { ...command, left: undefined } : command
      cluster.timeline.command(`csi/${query.driver}`, act, payload)
      return null
    }
    case 'configure':
      return { problems: startWithFile(cluster, query.component, query.text === null ? null : (parse(query.text) as JsonObject)) }
  }
}

/** What a refused change says. */
function problemOf(change: () => unknown): string | undefined {
  try {
    change()
    return undefined
  } catch (reason) {
    if (!(reason instanceof RangeError)) throw reason
    return reason.message
  }
}

const SHOWN_CALLS = 30
/** What drivers answer with when something is wrong (google.golang.org/grpc/codes). */
const CODES = ['Unavailable', 'Internal', 'ResourceExhausted', 'DeadlineExceeded', 'FailedPrecondition', 'Aborted', 'InvalidArgument', 'NotFound', 'PermissionDenied']

function storage(cluster: Cluster, driver: string): StorageState | null {
  const { csi } = cluster
  if (!csi) return null
  const { state } = csi.drivers
  return {
    driver,
    pools: state.zones(driver).map((zone) => ({ zone, bytes: state.pools.get(`${driver}/${zone}`)!.bytes, free: state.free(driver, zone) })),
    methods: csi.methods,
    codes: CODES,
    faults: state.faults.keys().filter((key) => key.startsWith(`${driver} `)).map((key) => {
      const { code, desc, left } = state.faults.get(key)!
      return { method: key.slice(driver.length + 1), code, desc, left: left ?? null }
    }),
    calls: state.calls.values().filter((call) => call.driver === driver).slice(-SHOWN_CALLS).reverse().map(({ at, method, from, about, code }) => ({ at, method, from, about, code })),
  }
}
