import { expect, test } from 'vitest'
import { ShellSession, type Screen } from './shell-session.ts'
import type { TerminalPanelProps } from './types.ts'

/** A terminal of one endless row per line: control sequences are dropped, what was written stays. */
function fake(props: Partial<TerminalPanelProps> = {}): { session: ShellSession; ran: string[]; said: string[]; written: () => string } {
  const ran: string[] = []
  const said: string[] = []
  let written = ''
  const screen: Screen = { cols: 80, write: (data) => void (written += data), clear: () => undefined }
  const all: TerminalPanelProps = {
    prompt: '$ ',
    run: async (line, write) => {
      ran.push(line)
      write(`ran ${line}\n`)
    },
    complete: async () => ({ candidates: [], replaceFrom: 0 }),
    interrupt: () => undefined,
    ...props,
  }
  const session = new ShellSession(screen, () => all, (text) => said.push(text))
  session.start()
  return { session, ran, said, written: () => written }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

test('a line runs on Enter and its output is heard', async () => {
  const { session, ran, said } = fake()
  session.input('kubectl get pods\r')
  await settle()
  expect(ran).toEqual(['kubectl get pods'])
  expect(said).toEqual(['ran kubectl get pods\n'])
})

test('lines pasted together run one after the other', async () => {
  const { session, ran } = fake()
  session.input('one\ntwo\r\nthree')
  await settle()
  expect(ran).toEqual(['one', 'two'])
  session.input('\r')
  await settle()
  expect(ran).toEqual(['one', 'two', 'three'])
})

test('a command that is not finished waits for its other lines, with a prompt of its own', async () => {
  const { session, ran, written } = fake()
  session.input("cat <<'EOF'\nkind: Pod\nEOF\nkubectl get \\\npods\r")
  await settle()
  expect(ran).toEqual(["cat <<'EOF'\nkind: Pod\nEOF", 'kubectl get  pods'])
  expect(written()).toContain('> ')
})

test('Ctrl-C gives an unfinished command up', async () => {
  const { session, ran } = fake()
  session.input('for i in 1 2; do\r\x03date\r')
  await settle()
  expect(ran).toEqual(['date'])
})

test('Ctrl-C reaches a running line and drops what was typed ahead', async () => {
  let stopped: (() => void) | undefined
  let interrupts = 0
  const { session, ran } = fake({
    run: (line) => new Promise<void>((resolve) => void (ran.push(line), (stopped = resolve))),
    interrupt: () => {
      interrupts++
      stopped?.()
    },
  })
  session.input('watch\r')
  session.input('later\r')
  session.input('\x03')
  await settle()
  expect([interrupts, ran, session.running]).toEqual([1, ['watch'], false])
})

test('a single candidate is typed with a space, several as far as they agree', async () => {
  const single = fake({ complete: async () => ({ candidates: ['pods'], replaceFrom: 4 }) })
  single.session.input('get po\t')
  await settle()
  single.session.input('-A\r')
  await settle()
  expect(single.ran).toEqual(['get pods -A'])
  const several = fake({ complete: async () => ({ candidates: ['deployments', 'deploy'], replaceFrom: 4 }) })
  several.session.input('get d\t\r')
  await settle()
  expect(several.ran).toEqual(['get deploy'])
})

test('candidates that agree no further are listed', async () => {
  const { session, said } = fake({ complete: async () => ({ candidates: ['pods', 'podtemplates'], replaceFrom: 0 }) })
  session.input('pod\t')
  await settle()
  expect(said).toEqual(['pods podtemplates'])
})

test('a line that fails shows why and the prompt comes back', async () => {
  const { session, said } = fake({ run: async () => Promise.reject(new Error('the worker is gone')) })
  session.input('x\r')
  await settle()
  expect(said).toEqual(['the worker is gone\n'])
  expect(session.running).toBe(false)
})

test('history is handed out when it grows', async () => {
  const kept: (readonly string[])[] = []
  const { session } = fake({ history: ['old'], onHistory: (history) => kept.push(history) })
  session.input('new\r')
  await settle()
  session.input('\x1b[A\x1b[A\r')
  await settle()
  expect(kept).toEqual([
    ['old', 'new'],
    ['old', 'new', 'old'],
  ])
})

test('an empty line in the middle of a paste loses nothing', async () => {
  const { session, ran } = fake()
  session.input('\n\none\n\ntwo\n')
  await settle()
  expect(ran).toEqual(['one', 'two'])
})

test('while a process sits at the terminal it gets the lines, and its own echo is what is seen', async () => {
  const sent: unknown[] = []
  let out: (text: string) => void = () => undefined
  let end: () => void = () => undefined
  const { session, ran, written } = fake({
    run: (line, write) => new Promise<void>((resolve) => void (ran.push(line), (out = write), (end = resolve))),
    typed: (input) => void sent.push(input),
  })
  session.input('kubectl exec -it web -- sh\rearly\r')
  out('/ # ')
  session.sit('tty')
  expect(sent).toEqual([{ text: 'early\n' }])
  session.input('ls\x7f\x7fpwd\r')
  session.input('half\x03')
  session.input('\x04')
  expect(sent.slice(1)).toEqual([{ text: 'pwd\n' }, { text: '\x03' }, { text: '\x04' }])
  out('pwd\r\n/\r\n/ # ')
  session.input('\x1b[A')
  expect(written().endsWith('/ # pwd\r\x1b[7C')).toBe(true)
  end()
  await settle()
  // The page hears later that the seat is free: the prompt stays.
  session.sit('none')
  expect(written().endsWith('$ \x1b[0m\r\x1b[2C')).toBe(true)
  session.input('next\r')
  expect(ran).toEqual(['kubectl exec -it web -- sh', 'next'])
})

test('an input without a terminal keeps the line, and Ctrl-D ends it', () => {
  const sent: unknown[] = []
  let interrupts = 0
  const { session, written } = fake({ run: () => new Promise<void>(() => undefined), typed: (input) => void sent.push(input), interrupt: () => void interrupts++ })
  session.input('kubectl exec -i web -- cat\r')
  session.sit('plain')
  session.input('one\r\x04\x03')
  expect(sent).toEqual([{ text: 'one\n' }, { end: true }])
  expect(interrupts).toBe(1)
  expect(written()).toContain('one')
})

test('Tab in the shell of a container asks for its names, and keys typed meanwhile come after', async () => {
  const sent: unknown[] = []
  const asked: string[] = []
  const { session, written } = fake({
    run: () => new Promise<void>(() => undefined),
    typed: (input) => void sent.push(input),
    complete: async (line) => {
      asked.push(line)
      return line.startsWith('cat') ? { candidates: ['hostname', 'hosts'], replaceFrom: 9 } : { candidates: ['cd'], replaceFrom: 0 }
    },
  })
  session.input('kubectl exec -it web -- sh\r')
  session.sit('tty')
  session.input('cat /etc/h\tts\r')
  await settle()
  session.input('c\t/tmp\r')
  await settle()
  expect(asked).toEqual(['cat /etc/h', 'c'])
  expect(sent).toEqual([{ text: 'cat /etc/hostts\n' }, { text: 'cd /tmp\n' }])
  session.input('cat /etc/host\t')
  await settle()
  expect(written()).toContain('hostname  hosts')
  session.input('\x1a')
  expect(sent.at(-1)).toEqual({ text: '\x1a' })
})
