import { expect, it } from 'vitest'
import { machineAt } from './pod-machine.ts'
import { NO_SETTING } from './setting.ts'
import { logOf, started } from './testing.ts'

const run = (script: string): string => logOf(machineAt(started(['sh', '-c', `mkdir -p /w; cd /w; ${script}`], { capabilities: 2 ** 41 - 1 }), NO_SETTING, 10_000_000).machine)
const MADE = 'mkdir A B U W M; echo a > A/a; echo ax > A/x; echo b > B/b; echo bx > B/x; mkdir B/d; echo 1 > B/d/f;'

it('an overlay shows the upper of two files, and what is written goes to the upper folder', () => {
  expect(run(`${MADE} mount -t overlay overlay -o lowerdir=A:B,upperdir=U,workdir=W M; ls M; cat M/x; echo new > M/n; echo 2 > M/d/f; rm M/b; ls M; ls U; cat U/d/f B/d/f; ls -l U/b | cut -c1; ls A B`)).toBe('a\nb\nd\nx\nax\na\nd\nn\nx\nb\nd\nn\n2\n1\nc\nA:\na\nx\n\nB:\nb\nd\nx\n')
})

it('without an upper folder it is read-only; aufs writes to its first branch', () => {
  expect(run(`${MADE} mount -t overlay overlay -o lowerdir=A:B M; echo x > M/y; mount | tail -n 1 | cut -d' ' -f5`)).toBe("sh: can't create M/y: Read-only file system\noverlay\n")
  expect(run(`${MADE} mount -t aufs -o dirs=./A:./B none ./M; cat M/x; echo z > M/b; cat A/b B/b; umount M; ls M`)).toBe('ax\nz\nb\n')
  expect(run(`${MADE} mount -t overlay o -o upperdir=U,workdir=W M; mount -t overlay o -o lowerdir=nope M`)).toBe('mount: mounting o on M failed: Invalid argument\nmount: mounting o on M failed: No such file or directory\n')
})
