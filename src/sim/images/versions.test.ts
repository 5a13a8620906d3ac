import { describe, expect, it } from 'vitest'
import { resolveImage } from './index.ts'
import { versionOf } from './versions.ts'

const env = (image: string): readonly string[] => {
  const found = resolveImage(image)
  return found.found ? (found.image.config?.env ?? []) : []
}

describe('versions of images', () => {
  it('a tag without a number is the latest, a full one itself, a short one what it points to', () => {
    const versions = { latest: '3.2.1', '3.1': '3.1.9' }
    expect([versionOf(versions, 'stable'), versionOf(versions, '3.1.2'), versionOf(versions, '3.1-alpine')]).toEqual(['3.2.1', '3.1.2', '3.1.9'])
  })

  it('variables of an image follow its tag', () => {
    expect(env('nginx:1.14.2')).toContain('NGINX_VERSION=1.14.2')
    expect(env('nginx:1.27-alpine')).toContain('NGINX_VERSION=1.27.5')
    expect(env('postgres:14')).toContain('PG_MAJOR=14')
    expect(env('python:3.12-slim').find((e) => e.startsWith('PYTHON_VERSION='))).toMatch(/=3\.12\.\d+$/)
  })

  it('every tag of the catalogue has one version in its variables, and the same object each time', () => {
    expect(resolveImage('redis:7')).toEqual(resolveImage('redis:7'))
    const [a, b] = [resolveImage('redis:7'), resolveImage('redis:7')]
    expect(a.found && b.found && a.image === b.image).toBe(true)
  })

  it('a distribution says its release in /etc/os-release', () => {
    const of = (image: string): string => {
      const found = resolveImage(image)
      return found.found ? (found.image.files?.['/etc/os-release'] ?? '') : ''
    }
    expect(of('ubuntu:22.04')).toContain('VERSION_ID="22.04"')
    expect(of('debian:12-slim')).toContain('bookworm')
    expect(of('alpine:3.19')).toMatch(/VERSION_ID=3\.19\.\d+\n/)
    expect(of('centos')).toContain('ID="centos"')
  })
})
