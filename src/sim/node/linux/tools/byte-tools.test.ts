import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { textOf } from '../../../api/bytes.ts'
import { seconds } from '../../../engine/time.ts'
import { logOf, started } from '../testing.ts'
import { machineAt } from '../pod-machine.ts'
import { NO_SETTING } from '../setting.ts'
import { md5Hex } from './md5.ts'

const output = (script: string): string => logOf(machineAt(started(['sh', '-c', script]), NO_SETTING, seconds(5)).machine)

it('MD5 is that of everybody', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void expect(md5Hex(textOf(bytes))).toBe(createHash('md5').update(bytes).digest('hex'))))
})

it('bytes, sums and differences are shown as busybox shows them', () => {
  expect(output('printf "a\\nb" | md5sum; echo hi > /f; sha256sum /f > /s; sha256sum -c /s; echo x > /f; sha256sum -c /s 2>/dev/null')).toBe('8fdc1bf54de9e3e1e0d0b7e5ee02a0c6  -\n/f: OK\n/f: FAILED\n'.replace(/^\w+/, createHash('md5').update('a\nb').digest('hex')))
  expect(output('printf "Hello\\n" | hexdump -C; printf "ab\\n" | od -c; printf "\\001xyz" | xxd')).toBe('00000000  48 65 6c 6c 6f 0a                                 |Hello.|\n00000006\n0000000   a   b  \\n\n0000003\n00000000: 0178 797a                                .xyz\n')
  expect(output('printf "a\\nb\\n" > /1; printf "a\\nc\\n" > /2; diff /1 /2; echo $?; comm /1 /2; paste /1 /2; cmp /1 /2')).toBe('--- /1\n+++ /2\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n1\n\t\ta\nb\n\tc\na\ta\nb\tc\n/1 /2 differ: byte 3, line 2\n')
})
