import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { missingEntries, platformOf, type LockedPackages } from './complete-lock.ts'

test('the platform of a binary is in its name', () => {
  expect(platformOf('@x/binding-linux-arm-musleabihf')).toEqual({ os: ['linux'], cpu: ['arm'], libc: ['musl'] })
  expect(platformOf('@x/binding-linux-x64-gnu')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['glibc'] })
  expect(platformOf('@x/binding-win32-x64-gnu')).toEqual({ os: ['win32'], cpu: ['x64'] })
  expect(platformOf('@x/binding-android-arm-eabi')).toEqual({ os: ['android'], cpu: ['arm'] })
  expect(platformOf('@x/linux-tools')).toBeUndefined()
})

test('only exact versions of platform binaries are added', () => {
  const packages: LockedPackages = {
    'node_modules/a': { dev: true, license: 'MIT', optionalDependencies: { '@a/linux-x64': '1.0.0', '@a/win32-x64': '^1.0.0', fsevents: '2.3.3' } },
  }
  expect(missingEntries(packages)).toEqual({
    'node_modules/@a/linux-x64': { version: '1.0.0', dev: true, license: 'MIT', optional: true, os: ['linux'], cpu: ['x64'] },
  })
})

test('the lock file of the project is complete, so that npm ci works on every platform', () => {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as { packages: LockedPackages }
  expect(Object.keys(missingEntries(lock.packages))).toEqual([])
})
