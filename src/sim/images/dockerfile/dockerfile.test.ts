import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandWord, layersOf, parseDockerfile, type BaseImage, type BuildContext } from './index.ts'

const FLASK = `# the page
FROM python:3.12-slim
WORKDIR /app
COPY . /app
RUN pip install \\
    # only what is asked for
    -r requirements.txt
EXPOSE 80
ENV NAME World
CMD ["python", "app.py"]
`
const base = (name: string): BaseImage | undefined => (name.startsWith('no') ? undefined : { reference: name, digest: `digest of ${name}`, layers: [100, 20], config: { cmd: ['base'], env: ['PATH=/bin'] } })
const plan = (text: string, context: BuildContext = { 'app.py': 'print()', 'requirements.txt': 'flask\n' }, args = {}) => layersOf(parseDockerfile(text), { resolve: base, context, args })
const config = (text: string) => plan(text).stages.at(-1)!.steps.at(-1)!.config

describe('a Dockerfile', () => {
  it('is read with its lines, continuations, comments and forms', () => {
    const { instructions, faults } = parseDockerfile(FLASK)
    expect(faults).toEqual([])
    expect(instructions.map((i) => `${i.line}-${i.endLine} ${i.keyword} ${i.form} ${i.args.join('|')}`)).toEqual([
      '2-2 FROM words python:3.12-slim', '3-3 WORKDIR words /app', '4-4 COPY words .|/app', '5-7 RUN shell pip install     -r requirements.txt', '8-8 EXPOSE words 80', '9-9 ENV words NAME=World', '10-10 CMD exec python|app.py',
    ])
  })

  it('here-documents and flags belong to their instruction', () => {
    const { instructions } = parseDockerfile('FROM a\nCOPY --from=0 --chown=1:2 x y\nRUN <<EOF\necho 1\necho 2\nEOF\nUSER app\n')
    expect(instructions[1]).toMatchObject({ flags: { from: '0', chown: '1:2' }, args: ['x', 'y'] })
    expect(instructions[2]).toMatchObject({ heredocs: [{ name: 'EOF', text: 'echo 1\necho 2\n' }], line: 3, endLine: 6 })
    expect(instructions[3]).toMatchObject({ keyword: 'USER', line: 7 })
  })

  it('says what is wrong and in which line', () => {
    const faultsOf = (text: string) => parseDockerfile(text).faults.map((f) => `${f.line}: ${f.message}`)
    expect(faultsOf('FROM a\nFOO b\n')).toEqual(['2: unknown instruction: FOO'])
    expect(faultsOf('RUN x')).toEqual(['1: no build stage in current context'])
    expect(faultsOf('FROM a b')).toEqual(['1: FROM requires either one or three arguments'])
    expect(faultsOf('FROM a\nCOPY x')).toEqual(['2: COPY requires at least two arguments, but only one was provided. Destination could not be determined'])
    expect(faultsOf('# nothing\n')).toEqual(['0: the Dockerfile cannot be empty'])
    expect(plan('FROM a\nCOPY missing /x').faults).toEqual([{ line: 2, message: 'failed to calculate checksum of ref: "/missing": not found' }])
    expect(plan('FROM none').faults[0]!.message).toBe('failed to resolve source metadata for none: not found')
  })

  it('whatever the text, there is an answer', () => {
    const word = fc.constantFrom('FROM', 'run', 'COPY', 'ENV', '\n', '\\\n', '"', "'", '$', '${', '}', '[', '"]', '<<EOF', 'EOF', 'a', '=', '--from=0', '__proto__', '#', ' ', 'ARG', 'constructor')
    fc.assert(fc.property(fc.array(word, { maxLength: 30 }), (words) => void plan(`FROM a\n${words.join(' ')}`)), { numRuns: 500 })
  })
})

describe('what instructions make', () => {
  it('layers for files, fields of the configuration for the rest', () => {
    const { stages, faults } = plan(FLASK)
    expect(faults).toEqual([])
    expect(stages[0]!.steps.map((s) => `${s.makes} ${s.field ?? ''}`.trim())).toEqual(['base', 'layer WorkingDir', 'layer', 'layer', 'config ExposedPorts', 'config Env', 'config Cmd'])
    expect(config(FLASK)).toEqual({ cmd: ['python', 'app.py'], env: ['PATH=/bin', 'NAME=World'], workingDir: '/app', exposedPorts: ['80/tcp'] })
    expect(stages[0]!.steps[2]!.size).toBe(13)
  })

  it('variables come from ENV and ARG; the old value counts within one line', () => {
    expect(config('ARG V=1\nFROM a:$V\nARG V\nENV A=x\nENV A=y B=$A C=${D:-d} E="a b" F=\\$A G=v$V').env).toEqual(['PATH=/bin', 'A=y', 'B=x', 'C=d', 'E=a b', 'F=$A', 'G=v1'])
    expect(expandWord("'$A'\"$A\"${A:+set}${B-unset}", { A: '1' })).toBe('$A1setunset')
  })

  it('a new entry point takes the base command away, a CMD of the same stage stays', () => {
    expect(config('FROM a\nENTRYPOINT ["x"]')).toMatchObject({ cmd: [], entrypoint: ['x'] })
    expect(config('FROM a\nCMD run it\nENTRYPOINT ["x"]')).toMatchObject({ cmd: ['/bin/sh', '-c', 'run it'], entrypoint: ['x'] })
  })

  it('keys change with the first thing that differs and from there on', () => {
    const keys = (text: string, context?: BuildContext) => plan(text, context).stages[0]!.steps.map((s) => s.key)
    const before = keys(FLASK)
    const after = keys(FLASK, { 'app.py': 'print(2)', 'requirements.txt': 'flask\n' })
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(after[2]).not.toBe(before[2])
    expect(after[3]).not.toBe(before[3])
  })

  it('stages that the target does not need are skipped', () => {
    const { stages } = plan('FROM a AS build\nRUN make\nFROM a AS test\nRUN test\nFROM scratch\nCOPY --from=build /out /\n')
    expect(stages.map((s) => s.needed)).toEqual([true, false, true])
  })
})
