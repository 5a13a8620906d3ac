import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, textOf } from '../../../api/bytes.ts'
import { tarArchive, tarEntries, type TarEntry } from '../../../api/tar.ts'
import { seconds } from '../../../engine/time.ts'
import { logOf, started } from '../testing.ts'
import { machineAt } from '../pod-machine.ts'
import { NO_SETTING } from '../setting.ts'

const output = (script: string): string => logOf(machineAt(started(['sh', '-c', script]), NO_SETTING, seconds(5)).machine)
const entry = (name: string, content: string, more: Partial<TarEntry> = {}): TarEntry => ({ name, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 1_767_225_600, content, to: '', ...more })

describe('tar in a container', () => {
  it('packs and unpacks files, folders and links, with their modes', () => {
    expect(output('mkdir -p /a/b; echo hi > /a/b/f; chmod 600 /a/b/f; ln -s b/f /a/l; tar cf /t.tar -C /a . && mkdir /x && tar xf /t.tar -C /x && cat /x/l && stat -c %a /x/b/f && readlink /x/l')).toBe('hi\n600\nb/f\n')
    expect(output('echo 世界 > /f; tar c /f | tar t; tar c /f 2>/dev/null | tar xO')).toBe("tar: removing leading '/' from member names\nf\n世界\n")
  })

  it('works through a pipe and gzip, as kubectl cp and people use it', () => {
    expect(output('echo one > /tmp/one; tar czf - -C /tmp one | (mkdir /o && cd /o && tar -xmf - && cat one)')).toBe('one\n')
    expect(output('echo packed | gzip | gunzip; echo z > /z; gzip /z; ls /z*; zcat /z.gz')).toBe('packed\n/z.gz\nz\n')
    expect(output('tar cf - /none; echo $?; echo junk > /j; tar tf /j; echo $?')).toContain('tar: /none: No such file or directory\n')
  })

  it('does not leave the folder into which it unpacks', () => {
    const archive = tarArchive([entry('../../etc/owned', 'x'), entry('/abs', 'y')])
    expect(tarEntries(archive).entries).toHaveLength(2)
    expect(output('mkdir /d /e; cd /e; echo x > f; tar cf /t ../e/f; tar tf /t')).toBe("tar: removing leading '../' from member names\ne/f\n")
  })
})

describe('the format of tar', () => {
  it('any names and bytes come out as they went in', () => {
    const name = fc.array(fc.constantFrom('a', 'ü', '世', ' ', '-', 'folder', '\n', '__proto__', 'x'.repeat(40)), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(fc.property(fc.array(fc.record({ name, bytes: fc.uint8Array({ maxLength: 1100 }) }), { maxLength: 4 }), (files) => {
      const archive = tarArchive(files.map((f) => entry(f.name, textOf(f.bytes))))
      expect(tarEntries(archive)).toEqual({ entries: files.map((f) => expect.objectContaining({ name: f.name, content: textOf(f.bytes) })) })
    }), { numRuns: 40 })
  })

  it('whatever is no archive is answered, not thrown', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => void tarEntries(textOf(bytes))))
  })

  it('is understood by the tar of this machine, and understands it', () => {
    const archive = Buffer.from(bytesOf(tarArchive([entry('dir/', '', { type: 'directory', mode: 0o755 }), entry(`dir/${'long'.repeat(40)}`, 'content'), entry('l', '', { type: 'link', to: 'dir' })])))
    const listed = execFileSync('tar', ['tf', '-'], { input: archive }).toString()
    expect(listed).toBe(`dir/\ndir/${'long'.repeat(40)}\nl\n`)
    const real = execFileSync('tar', ['--format=pax', '-cf', '-', '-C', import.meta.dirname, 'tar.test.ts'])
    expect(tarEntries(textOf(real)).entries[0]).toMatchObject({ name: 'tar.test.ts', type: 'file' })
  })
})
