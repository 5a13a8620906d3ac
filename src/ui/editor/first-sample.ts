import web from '../../../examples/web.yaml?raw'
import type { Sample } from './types.ts'

/** What a new session's editor holds. */
export const FIRST_SAMPLE: Sample = {
  id: 'web',
  name: 'web.yaml',
  text: web,
  title: { en: 'A Deployment and its Service', zh: 'Deployment 与 Service' },
  summary: {
    en: 'Three nginx replicas with a readiness probe, and a Service in front of them.',
    zh: '三个带就绪探针的 nginx 副本，前面是一个 Service。',
  },
}
