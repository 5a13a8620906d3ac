export type { Pod } from '../../api/pod.ts'
