import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runHashes } from '../../../scripts/conformance/hashes.ts'
import { recordings } from '../testing/recordings.ts'
import { podTemplateHash } from './pod-template-hash.ts'
import type { PodTemplateSpec } from './pod-spec.ts'

const folder = recordings()
const template: PodTemplateSpec = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }

describe('the hash of a pod template', () => {
  it.skipIf(!folder || !existsSync(`${folder}/hashes`))('equals every recorded one (skipped where the recordings are absent)', () => {
    const { equal, total, failures } = runHashes(`${folder}/hashes`)
    expect(failures.slice(0, 3)).toEqual([])
    expect(total).toBeGreaterThan(100)
    expect(equal).toBe(total)
  })

  it('changes with the collision count and with the template', () => {
    const hash = podTemplateHash(template)
    expect(podTemplateHash({ ...template })).toBe(hash)
    expect(podTemplateHash(template, 1)).not.toBe(hash)
    expect(podTemplateHash({ ...template, metadata: { labels: { app: 'b' } } })).not.toBe(hash)
  })
})
