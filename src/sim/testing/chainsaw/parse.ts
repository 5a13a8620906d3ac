import { parseAllDocuments, type Tags } from 'yaml'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { isObject, Reader, TestFileError } from './reader.ts'
import type { Binding, Expectation, Operation, Output, Reference, Source, Step, Test, Timeouts } from './test.ts'

const API_VERSION = 'chainsaw.kyverno.io/v1alpha1'
const COMMON = ['description', 'timeout', 'bindings', 'outputs', 'cluster', 'clusters']
const COLLECTORS = ['get', 'describe', 'events', 'podLogs']
const OPERATIONS = ['apply', 'create', 'patch', 'update', 'delete', 'assert', 'error', 'script', 'command', 'sleep', 'wait', ...COLLECTORS]

/** Go's YAML library: 1.1's booleans and merge keys, but times and sexagesimal numbers stay text. */
const YAML_AS_GO = {
  version: '1.1',
  merge: true,
  prettyErrors: true,
  customTags: (tags: Tags) => tags.filter((tag) => tag !== 'timestamp' && (typeof tag === 'string' || !tag.tag.endsWith(':timestamp')) && !isSexagesimal(tag)),
} as const
const isSexagesimal = (tag: Tags[number]): boolean => typeof tag === 'string' ? /Time$/.test(tag) : 'format' in tag && tag.format === 'TIME'

/** All documents of a YAML text as plain values. Throws TestFileError with the line of what does not parse. */
export function yamlDocuments(text: string, file: string): readonly JsonValue[] {
  return parseAllDocuments(text, YAML_AS_GO).flatMap((document) => {
    const [problem] = document.errors
    if (problem) throw new TestFileError(`${file}: ${problem.message}`)
    const value = document.toJS({ maxAliasCount: 1000 }) as JsonValue
    return value === null ? [] : [value]
  })
}

/** The tests of a file. Throws TestFileError where it is not a Chainsaw test. */
export function parseTests(text: string, file: string): readonly Test[] {
  const tests = yamlDocuments(text, file)
    .filter((document) => !isObject(document) || document.kind !== 'Configuration')
    .map((document) => parseTest(document, file))
  if (tests.length === 0) throw new TestFileError(`${file}: no document with kind: Test`)
  return tests
}

function parseTest(document: JsonValue, file: string): Test {
  const root = new Reader(document, '')
  if (root.text('apiVersion') !== API_VERSION || root.text('kind') !== 'Test')
    throw new TestFileError(`${file}: apiVersion: ${API_VERSION} and kind: Test were expected, got ${root.text('apiVersion')} and ${root.text('kind')}`)
  const metadata = root.child('metadata')
  const spec = root.child('spec')
  return {
    name: metadata.needText('name'),
    description: spec.text('description') ?? '',
    annotations: metadata.map('annotations'),
    namespace: spec.text('namespace'),
    namespaceTemplate: spec.has('namespaceTemplate') ? spec.child('namespaceTemplate').value : undefined,
    skip: spec.flag('skip', false),
    skipDelete: spec.flag('skipDelete', false),
    bindings: bindings(spec, 'bindings'),
    timeouts: timeouts(spec),
    catch: operations(spec, 'catch'),
    steps: spec.readers('steps').map((step, i) => parseStep(step, i)),
  }
}

function parseStep(step: Reader, index: number): Step {
  if (step.has('use')) throw new TestFileError(`${step.at('use')}: step templates are not supported; write the operations here`)
  step.only(['name', 'description', 'try', 'catch', 'finally', 'cleanup', 'bindings', 'timeouts', 'namespace', 'skipDelete', 'cluster', 'template', 'deletionPropagationPolicy'])
  return {
    name: step.text('name') ?? `step-${index + 1}`,
    namespace: step.text('namespace'),
    bindings: bindings(step, 'bindings'),
    timeouts: timeouts(step),
    try: operations(step, 'try'),
    catch: operations(step, 'catch'),
    finally: operations(step, 'finally'),
    cleanup: operations(step, 'cleanup'),
  }
}

function timeouts(of: Reader): Partial<Timeouts> {
  const given = of.maybe('timeouts')
  const out: Record<string, number> = {}
  for (const key of ['apply', 'assert', 'cleanup', 'delete', 'error', 'exec']) {
    const value = given.duration(key)
    if (value !== undefined) out[key] = value
  }
  return out
}

const bindings = (of: Reader, key: string): readonly Binding[] =>
  of.readers(key).map((item) => ({ name: item.needText('name'), value: item.value.value ?? null }))

const outputs = (of: Reader): readonly Output[] =>
  of.readers('outputs').map((item) => ({ name: item.needText('name'), value: item.value.value ?? null, match: item.value.match }))

const expectations = (of: Reader): readonly Expectation[] =>
  of.readers('expect').map((item) => ({ match: item.value.match, check: item.value.check ?? item.fail('check', 'an assertion tree') }))

function operations(of: Reader, key: string): readonly Operation[] {
  return of.readers(key).map((item) => {
    const names = Object.keys(item.value).filter((name) => OPERATIONS.includes(name))
    const name = names[0]
    if (names.length !== 1 || name === undefined)
      throw new TestFileError(`${item.path}: exactly one operation was expected; known are ${OPERATIONS.join(', ')}; got ${Object.keys(item.value).join(', ')}`)
    return operation(name, item.child(name), item.text('description'))
  })
}

function operation(name: string, of: Reader, description: string | undefined): Operation {
  const common = {
    path: of.path.slice(0, -name.length - 1),
    description,
    timeout: of.duration('timeout'),
    bindings: bindings(of, 'bindings'),
    outputs: outputs(of),
  }
  const template = of.flag('template', true)
  switch (name) {
    case 'apply':
    case 'create':
    case 'patch':
    case 'update':
      of.only([...COMMON, 'resource', 'file', 'expect', 'dryRun', 'template'])
      return { type: name, ...common, ...source(of), template, dryRun: of.flag('dryRun', false), expect: expectations(of) }
    case 'assert':
    case 'error':
      of.only([...COMMON, 'resource', 'file', 'template'])
      return { type: name, ...common, ...source(of), template }
    case 'delete':
      of.only([...COMMON, 'ref', 'file', 'expect', 'deletionPropagationPolicy', 'template'])
      return { type: 'delete', ...common, template, ref: of.has('ref') ? reference(of.child('ref')) : undefined, file: of.text('file'), propagation: propagation(of), expect: expectations(of) }
    case 'script':
      of.only([...COMMON, 'content', 'env', 'check', 'skipLogOutput', 'skipCommandOutput', 'workDir', 'shell', 'shellArgs'])
      return { type: 'script', ...common, content: of.needText('content'), env: bindings(of, 'env'), check: of.value.check }
    case 'command':
      of.only([...COMMON, 'entrypoint', 'args', 'env', 'check', 'skipLogOutput', 'skipCommandOutput', 'workDir'])
      return { type: 'command', ...common, entrypoint: of.needText('entrypoint'), args: of.strings('args'), env: bindings(of, 'env'), check: of.value.check }
    case 'sleep':
      return { type: 'sleep', ...common, duration: of.duration('duration') ?? of.fail('duration', 'a duration such as 30s') }
    case 'wait':
      of.only([...COMMON, 'apiVersion', 'kind', 'name', 'namespace', 'selector', 'for', 'format'])
      return { type: 'wait', ...common, ref: reference(of), selector: of.text('selector'), for: waitFor(of.child('for')) }
    default:
      return { type: 'collect', ...common, argv: collector(name, of) }
  }
}

function source(of: Reader): Source {
  const file = of.text('file')
  if ((file === undefined) === !of.has('resource')) of.fail('resource', 'either resource or file')
  return file === undefined ? { resource: of.child('resource').value as JsonObject } : { file }
}

const reference = (of: Reader): Reference => ({
  apiVersion: of.needText('apiVersion'),
  kind: of.needText('kind'),
  name: of.text('name'),
  namespace: of.text('namespace'),
  labels: of.has('labels') ? of.map('labels') : undefined,
})

function propagation(of: Reader): 'Background' | 'Foreground' | 'Orphan' {
  const text = of.text('deletionPropagationPolicy') ?? 'Background'
  return text === 'Background' || text === 'Foreground' || text === 'Orphan' ? text : of.fail('deletionPropagationPolicy', 'Background, Foreground or Orphan')
}

function waitFor(of: Reader) {
  if (of.value.deletion !== undefined) return { type: 'deletion' as const }
  if (of.has('condition')) {
    const condition = of.child('condition')
    return { type: 'condition' as const, name: condition.needText('name'), value: condition.text('value') }
  }
  if (!of.has('jsonPath')) of.fail('condition', 'deletion, condition or jsonPath')
  const path = of.child('jsonPath')
  return { type: 'jsonPath' as const, path: path.needText('path'), value: path.text('value') }
}

/** The kubectl words of a collector; where no resource is named they look at everything usual. */
function collector(name: string, of: Reader): readonly string[] {
  const namespace = of.text('namespace')
  const selector = of.text('selector')
  const tail = [...(namespace ? ['-n', namespace] : []), ...(selector ? ['-l', selector] : [])]
  const what = of.text('name')
  const kind = (of.text('kind') ?? 'pod').toLowerCase()
  if (name === 'events') return ['get', 'events', ...tail]
  if (name === 'podLogs') return ['logs', ...(what ? [what] : []), ...(of.has('container') ? ['-c', of.needText('container')] : []), ...tail]
  return [name, kind, ...(what ? [what] : []), ...tail, ...(name === 'get' && of.has('format') ? ['-o', of.needText('format')] : [])]
}
