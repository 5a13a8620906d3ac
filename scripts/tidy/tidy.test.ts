import { expect, test } from 'vitest'
import { checkBans, checkTodos } from './bans.ts'
import { checkFolders, checkRooms } from './rooms.ts'
import { checkCycles, checkSizes } from './shape.ts'
import { codeOf, importsOf, type Source } from './source.ts'
import { checkLiterals, checkTexts } from './texts.ts'

const file = (path: string, text: string): Source => ({ path, text })
const messages = (findings: readonly { readonly message: string }[]): string[] => findings.map(({ message }) => message)

test('comments, strings, templates and regular expressions are not code, what stands in a template is', () => {
  const code = codeOf("a // Date\n'Date' /* Date */ `Date ${Date} Date`, /Date/.test(b), c / d / e")
  expect(code.match(/Date/g)).toHaveLength(1)
  expect(code).toContain('c / d / e')
})

test('imports are found in every form, and types are told apart', () => {
  const found = importsOf("import { a } from './a.ts'\nimport type { B } from './b.ts'\nexport { type C } from './c.ts'\nconst d = import('./d.ts')\nimport './e.css'\nimport {\n  f,\n} from './f.ts'")
  expect(found.map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual([
    ['./a.ts', false],
    ['./b.ts', true],
    ['./c.ts', true],
    ['./d.ts', false],
    ['./e.css', false],
    ['./f.ts', false],
  ])
})

test('a room imports lower ranks and nothing else', () => {
  const from = (path: string, target: string): string[] => messages(checkRooms([file(path, `import { x } from '${target}'`)]))
  expect(from('src/sim/client/a.ts', '../api/b.ts')).toEqual([])
  expect(from('src/sim/client/a.ts', './b.ts')).toEqual([])
  expect(from('src/sim/cluster.ts', './observe/b.ts')).toEqual([])
  expect(from('src/sim/api/a.ts', '../client/b.ts')[0]).toContain('ranks higher')
  expect(from('src/sim/store/a.ts', '../manifest/b.ts')[0]).toContain('same rank')
  expect(from('src/sim/api/a.ts', '../../ui/b.ts')[0]).toContain('nothing from outside')
  expect(from('src/sim/api/a.ts', 'node:fs')[0]).toContain('knows no Node')
  expect(from('src/sim/api/a.ts', '../testing/b.ts')[0]).toContain('for tests only')
  expect(from('src/sim/api/a.test.ts', '../client/b.ts')).toEqual([])
})

test('sibling folders are strangers, their common files are not', () => {
  const from = (target: string): string[] => messages(checkRooms([file('src/sim/controllers/job/a.ts', `import { x } from '${target}'`)]))
  expect(from('../deployment/b.ts')[0]).toContain('strangers')
  expect(from('../index.ts')[0]).toContain('the index that lists it')
  expect(from('../shared.ts')).toEqual([])
  expect(from('./b.ts')).toEqual([])
})

test("the page's lower rooms do not know the upper ones", () => {
  expect(messages(checkRooms([file('src/ui/kit/A.tsx', "import { x } from '../store/b.ts'")]))[0]).toContain('take the rest as props')
  expect(checkRooms([file('src/ui/app/A.tsx', "import { x } from '../store/b.ts'")])).toEqual([])
})

test('the simulation has one door, and the page stays outside', () => {
  const from = (path: string, target: string): string[] => messages(checkRooms([file(path, `import { x } from '${target}'`)]))
  expect(from('src/workers/host.ts', '../sim/index.ts')).toEqual([])
  expect(from('src/workers/host.ts', '../sim/cluster.ts')[0]).toContain('one door')
  expect(from('src/ui/app/A.tsx', '../../sim/index.ts')[0]).toContain('over the wire')
  expect(from('src/ui/app/A.tsx', '../../workers/host.ts')[0]).toContain('only protocol.ts')
  expect(from('src/ui/app/A.tsx', '../../workers/protocol.ts')).toEqual([])
})

test('folders must be in the plan, and in their index', () => {
  expect(messages(checkFolders([file('src/sim/magic/a.ts', '')]))[0]).toContain('has no rank')
  expect(messages(checkFolders([file('src/stuff/a.ts', '')]))[0]).toContain("not in the house's plan")
  const index = file('src/sim/kinds/index.ts', "import { pod } from './pod/kind.ts'")
  expect(checkFolders([index, file('src/sim/kinds/pod/kind.ts', '')])).toEqual([])
  expect(messages(checkFolders([index, file('src/sim/kinds/job/kind.ts', '')]))[0]).toContain('add its one line')
})

test('the simulation may not use what is not the same twice', () => {
  for (const code of ['new Date()', 'Math.random()', 'Math.exp(1)', 'setTimeout(f)', 'await f()', 'console.log(1)', 'a.localeCompare(b)', 'structuredClone(a)', 'JSON.parse(JSON.stringify(a))', 'const a: any = 1', 'x as any', 'Array<any>', 'globalThis.x']) {
    expect(checkBans([file('src/sim/api/a.ts', code)]), code).toHaveLength(1)
    expect(checkBans([file('src/ui/app/a.ts', code)]), code).toHaveLength(0)
  }
  for (const code of ['Math.sqrt(2)', 'const company = 1', "'new Date()'", 'anyOf(a)', 'x.any', '// await', 'many: anything']) {
    expect(checkBans([file('src/sim/api/a.ts', code)]), code).toEqual([])
  }
})

test('default exports are banned everywhere in src', () => {
  expect(checkBans([file('src/ui/app/A.tsx', 'export default function A() {}')])).toHaveLength(1)
})

test('a TODO needs an owner', () => {
  expect(checkTodos([file('src/a.ts', '// TODO: later')])).toHaveLength(1)
  expect(checkTodos([file('src/a.ts', '// TODO(ada): later')])).toEqual([])
})

test('sizes only ever go down', () => {
  const long = file('src/a.ts', 'x\n'.repeat(450))
  expect(messages(checkSizes([long], {}))[0]).toContain('split it')
  expect(checkSizes([long], { 'src/a.ts': { lines: 450, reason: 'a table' } })).toEqual([])
  expect(messages(checkSizes([file('src/a.ts', 'x\n')], { 'src/a.ts': { lines: 450, reason: 'a table' } }))[0]).toContain('remove its exception')
})

test('cycles of values are found, cycles of types are not', () => {
  const a = file('src/a.ts', "import { b } from './b.ts'")
  expect(messages(checkCycles([a, file('src/b.ts', "import { a } from './a.ts'")]))[0]).toContain('src/a.ts → src/b.ts → src/a.ts')
  expect(checkCycles([a, file('src/b.ts', "import type { a } from './a.ts'")])).toEqual([])
})

test('every text is there in both languages with the same placeholders', () => {
  const en = file('src/ui/i18n/en/app.json', '{"a": "A {{name}}", "b_one": "1", "b_other": "n", "c": {"d": "D"}}')
  const zh = (text: string): Source => file('src/ui/i18n/zh/app.json', text)
  expect(checkTexts([en, zh('{"a": "甲 {{name}}", "b_other": "n", "c": {"d": "丁"}}')])).toEqual([])
  expect(messages(checkTexts([en, zh('{"a": "甲", "b_other": "n", "c": {"d": "丁"}}')]))[0]).toContain('placeholders')
  expect(messages(checkTexts([en, zh('{"a": "甲 {{name}}", "b_other": "n"}')]))[0]).toContain('"c.d" has no Chinese')
  expect(messages(checkTexts([en]))[0]).toContain('translate it')
})

test('keys that are used must exist', () => {
  const texts = [file('src/ui/i18n/en/app.json', '{"a": "A"}'), file('src/ui/i18n/zh/app.json', '{"a": "甲"}')]
  const use = (key: string): Source => file('src/ui/app/A.tsx', `const { t } = useTranslation('app'); t('${key}')`)
  expect(checkTexts([...texts, use('a')])).toEqual([])
  expect(messages(checkTexts([...texts, use('nope')]))[0]).toContain('app:nope')
})

test('the sentences of the simulation must exist', () => {
  const texts = [file('src/ui/i18n/en/sentences-x.json', '{"x": {"made": "A"}}'), file('src/ui/i18n/zh/sentences-x.json', '{"x": {"made": "甲"}}')]
  expect(checkTexts([...texts, file('src/sim/client/a.ts', "ctx.note('x.made', {})")])).toEqual([])
  expect(messages(checkTexts([...texts, file('src/sim/client/a.ts', "ctx.note('x.lost', {})")]))[0]).toContain('sentences:x.lost')
})

test('words in JSX come through i18n', () => {
  expect(checkLiterals([file('src/ui/app/A.tsx', '<p className="a">Hello there</p>')])).toHaveLength(1)
  expect(checkLiterals([file('src/ui/app/A.tsx', '<p aria-label="Close it">{t("a")}</p>')])).toHaveLength(1)
  expect(checkLiterals([file('src/ui/app/A.tsx', '<p className={a}>{t("a")}</p>')])).toEqual([])
  expect(checkLiterals([file('src/ui/app/A.tsx', 'const a = useState<string>(b); <b>kubectl</b>')])).toEqual([])
})
