import { describe, expect, it } from 'vitest'
import { completeLine } from './complete-line.ts'
import type { CompletionReads } from './complete.ts'

const OBJECTS: Readonly<Record<string, readonly string[]>> = { pods: ['web-1', 'web-2', 'db-0'], deployments: ['web'], namespaces: ['default', 'dev', 'kube-system'], nodes: ['node-1', 'node-2'] }
const reads: CompletionReads = {
  names: (plural, namespace) => (plural === 'pods' && namespace === 'dev' ? ['other'] : (OBJECTS[plural] ?? [])),
  containers: () => ['nginx', 'side'],
  namespace: 'default',
  files: ['web.yaml', 'notes.txt'],
}
const of = (line: string) => completeLine(reads, line).candidates

describe('completeLine', () => {
  it('completes commands and sub-commands', () => {
    expect(of('kubectl ro')).toEqual(['rollout'])
    expect(of('kubectl rollout re')).toEqual(['restart', 'resume'])
    expect(of('kube')).toEqual(['kubectl'])
  })
  it('completes kinds, names and TYPE/NAME', () => {
    expect(of('kubectl get po')).toContain('pods')
    expect(of('kubectl get pods w')).toEqual(['web-1', 'web-2'])
    expect(of('k get po web-1 we')).toEqual(['web-2'])
    expect(of('kubectl rollout status deployment/')).toEqual(['deployment/web'])
    expect(of('kubectl drain ')).toEqual(['node-1', 'node-2'])
  })
  it('looks into the namespace of -n', () => {
    expect(of('kubectl get pods -n dev o')).toEqual(['other'])
    expect(of('kubectl get pods -n de')).toEqual(['default', 'dev'])
  })
  it('completes flags and their values', () => {
    expect(of('kubectl get pods --show-l')).toEqual(['--show-labels'])
    expect(of('kubectl get pods -o ja')).toEqual([])
    expect(of('kubectl get pods -o js')).toEqual(['json', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file'])
    expect(of('kubectl apply -f w')).toEqual(['web.yaml'])
    expect(of('kubectl logs web-1 -c s')).toEqual(['side'])
  })
  it('says where the word begins, also behind a pipe', () => {
    expect(completeLine(reads, 'kubectl get pods | kubectl des')).toEqual({ candidates: ['describe'], replaceFrom: 27 })
  })
})
