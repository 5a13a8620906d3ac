import { describe, expect, it } from 'vitest'
import { Kernel } from '../kernel.ts'
import { NO_SETTING } from '../setting.ts'
import { Terminal } from '../testing.ts'
import { completions } from './complete.ts'

describe('Tab in a shell', () => {
  const t = new Terminal(['sh'])
  t.type("mkdir -p /srv/data/deep; echo x > '/srv/a file'; echo x > /srv/.hidden; echo x > /srv/alpha; greet() { echo; }; MINE=1; cd /srv\n")
  const ask = (line: string): unknown => {
    const { candidates, replaceFrom } = completions(new Kernel(t.machine, NO_SETTING), 'exec 1', line)
    return candidates.map((c) => line.slice(0, replaceFrom) + c)
  }

  it('offers programs, builtins and functions where a command begins', () => {
    expect(ask('gree')).toEqual(['greet'])
    expect(ask('ls | uni')).toEqual(['ls | uniq'])
    expect(ask('X=1 hostn')).toEqual(['X=1 hostname'])
    expect(ask('if tes')).toEqual(['if test'])
    expect(ask('unal')).toEqual(['unalias'])
  })

  it('offers files, folders with a slash, and hidden ones only when asked for', () => {
    expect(ask('cat al')).toEqual(['cat alpha'])
    expect(ask('cat ')).toEqual(['cat a\\ file', 'cat alpha', 'cat data/'])
    expect(ask('cat .h')).toEqual(['cat .hidden'])
    expect(ask('ls data/')).toEqual(['ls data/deep/'])
    expect(ask('echo x >/srv/d')).toEqual(['echo x >/srv/data/'])
    expect(ask('cat "a f')).toEqual(['cat "a file"'])
    expect(ask('cd ')).toEqual(['cd data/'])
    expect(ask('/bin/hostn')).toEqual(['/bin/hostname'])
  })

  it('offers variables behind a dollar', () => {
    expect(ask('echo $MI')).toEqual(['echo $MINE'])
    expect(ask('echo "${MI')).toEqual(['echo "${MINE'])
  })

  it('offers nothing while another program reads', () => {
    t.type('cat\n')
    expect(ask('al')).toEqual([])
    t.type('\x04')
    expect(ask('cat al')).toEqual(['cat alpha'])
  })
})
