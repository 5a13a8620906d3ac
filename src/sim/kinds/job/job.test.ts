import { describe, expect, it } from 'vitest'
import type { Job } from './job.ts'
import { jobKind } from './index.ts'

const META = { name: 'j', namespace: 't', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
const TEMPLATE = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } }
const made = (spec: object = {}, metadata: object = {}): Job =>
  jobKind.prepareCreate(jobKind.defaults({ apiVersion: 'batch/v1', kind: 'Job', metadata: { ...META, ...metadata }, spec: { template: TEMPLATE, ...spec } } as unknown as Job))
const texts = (errors: readonly { readonly field: string; readonly body: string }[]): readonly string[] => errors.map((e) => `${e.field}: ${e.body}`)
const condition = (type: string, status = 'True'): object => ({ type, status })

describe('a new job', () => {
  it('selects its pods by its uid, and shares their labels once it is stored', () => {
    const job = jobKind.readBack!(made())
    expect(job.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } })
    expect(job.metadata.labels).toEqual({ 'batch.kubernetes.io/controller-uid': 'u', 'batch.kubernetes.io/job-name': 'j', 'controller-uid': 'u', 'job-name': 'j' })
    expect(made({}, { labels: { own: 'x' } }).metadata.labels).toEqual({ own: 'x' })
    expect(jobKind.validateCreate(job)).toEqual([])
  })

  it('needs completions to be indexed', () => {
    expect(texts(jobKind.validateCreate(made({ completionMode: 'Indexed', parallelism: 2 })))).toEqual(['spec.completions: Required value: when completion mode is Indexed'])
  })
})

describe('the status of a job', () => {
  const status = (next: object, old: object = {}, spec: object = {}): readonly string[] => {
    const job = made(spec)
    return texts(jobKind.validateStatusUpdate!({ ...job, status: next } as Job, { ...job, status: old } as Job))
  }
  const done = { startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z', succeeded: 1, conditions: [condition('SuccessCriteriaMet'), condition('Complete')] }

  it('ends when the criteria of success are met', () => {
    expect(status(done)).toEqual([])
    expect(status({ ...done, conditions: [condition('Complete')] })).toEqual(['status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition'])
  })

  it('does not come back, and its counters do not fall', () => {
    expect(status({ ...done, conditions: [condition('SuccessCriteriaMet')], completionTime: undefined }, done)).toEqual(['status.conditions: Invalid value: cannot disable the terminal Complete=True condition'])
    expect(status({ failed: 1 }, { failed: 2 })).toEqual(['status.failed: Invalid value: 1: cannot decrease the failed counter'])
  })

  it('has indexes in order, each once', () => {
    const indexed = { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 }
    expect(status({ completedIndexes: '0,2-3', failedIndexes: '1' }, {}, indexed)).toEqual([])
    expect(status({ completedIndexes: '0,2-3', failedIndexes: '3' }, {}, indexed)).toEqual(['status.failedIndexes: Invalid value: "3": failedIndexes and completedIndexes overlap at index: 3'])
    expect(status({ completedIndexes: '3,1' }, {}, indexed)).toEqual(['status.completedIndexes: Invalid value: "3,1": error parsing completedIndexes: non-increasing order, previous: 3, current: 1'])
  })
})
