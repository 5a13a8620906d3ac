import { seconds, type Micros } from '../../engine/time.ts'

/** How long a machine takes from going down to its kubelet's first word. */
export const REBOOT_TIME: Micros = seconds(25)

/** What can be wrong with a kubelet while its machine runs: it hangs, or it cannot reach the API server. Containers run on. */
export type KubeletFault = 'frozen' | 'partitioned'
