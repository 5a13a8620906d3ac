import { expect, test } from 'vitest'
import { Kernel } from './kernel.ts'
import { NO_SETTING } from './setting.ts'
import { logOf, started } from './testing.ts'

function printed(line: string, user = 0): string {
  const kernel = new Kernel(started(['sh', '-c', line], { user: { uid: user, gid: user, groups: [user] } }), NO_SETTING)
  kernel.run(60_000_000)
  return logOf(kernel.freeze())
}

test('ulimit tells limits, lowers them for the shell and what it starts, and never raises the hard one', () => {
  expect(printed('ulimit -n; ulimit -s; ulimit -Hs; ulimit -c; ulimit')).toBe('20000\n8192\nunlimited\n0\nunlimited\n')
  expect(printed("ulimit -n 100; ulimit -n; sh -c 'ulimit -Hn; grep open /proc/self/limits'; ulimit -n 200")).toMatch(/^100\n100\nMax open files +100 +100 +files *\nsh: error setting limit: Operation not permitted\n$/)
  expect(printed('ulimit -Sn 50; ulimit -n; ulimit -Hn; ulimit -n hard; ulimit -n')).toBe('50\n20000\n20000\n')
  expect(printed('ulimit -Hn 10; ulimit -Sn many; ulimit -t 5; ulimit -x')).toBe("sh: error setting limit: Invalid argument\nsh: invalid number 'many'\nsh: ulimit: limits of cpu time are not modelled here\nsh: ulimit: illegal option -x\n")
})

test('processes are held to their limits', () => {
  expect(printed('ulimit -n 3; cat < /etc/passwd; echo $?')).toContain('No file descriptors available')
  expect(printed("ulimit -f 1; sh -c 'printf %600s x > /tmp/f'; echo $?; ls -l /tmp/f | wc -l")).toContain('153\n')
  expect(printed('ulimit -u 2; (sleep 1; echo a) & (sleep 1; echo b) & wait', 1000)).toContain("can't fork")
})

test('a hard link is the same file under another name', () => {
  expect(printed('cd /tmp; echo one > a; ln a b; ln b c; echo two >> c; cat a; stat -c %h a; [ a -ef c ] && echo same; ls -i a b | cut -c1-8 | uniq | wc -l')).toBe('one\ntwo\n3\nsame\n1\n')
  expect(printed("cd /tmp; echo x > a; ln a b; chmod 600 b; rm a; stat -c '%h %a' b; cp b d; echo y > d; cat b")).toBe('1 600\nx\n')
  expect(printed('cd /tmp; echo x > a; mkdir d; ln a d; ls -l d | grep -c " 2 root"; ln a b; ln a b; ln d e; ln nothing f; ln a /dev/a')).toBe('1\nln: b: File exists\nln: e: Operation not permitted\nln: f: No such file or directory\nln: /dev/a: Cross-device link\n')
  expect(printed('cd /tmp; echo 12345 > a; ln a b; mv b c; echo z > a; cat c; mkdir e; cp -r /tmp /var/copy; echo new > /var/copy/a; cat c')).toBe('z\nz\n')
})
