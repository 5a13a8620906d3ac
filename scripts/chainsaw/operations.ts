import type { JsonObject, JsonValue, KubeObject } from '../../src/sim/api/meta.ts'
import { ms, type Micros } from '../../src/sim/engine/time.ts'
import { assertTree } from '../../src/sim/testing/chainsaw/assertion.ts'
import { fillIn } from '../../src/sim/testing/chainsaw/expression.ts'
import type { CheckOperation, CommandOperation, DeleteOperation, Operation, ScriptOperation, WaitOperation, WriteOperation } from '../../src/sim/testing/chainsaw/test.ts'
import { splitApiVersion } from '../../src/sim/api/meta.ts'
import type { Host } from './host.ts'
import { Objects, referenceOf, Refused } from './objects.ts'
import { bound, expectOutcome, Failed, withOutputs, type Scope } from './scope.ts'
import type { Shell } from './shell.ts'

/** Chainsaw looks again after this time, and for the first time after it too. */
const POLL: Micros = ms(50)

export interface Means {
  readonly host: Host
  readonly shell: Shell
  /** The documents of files that an operation names. */
  documents(file: string): readonly JsonObject[]
  /** Told of each object that the test makes. */
  made(object: KubeObject): void
  log(text: string): void
}

/** Runs one operation; returns the scope with its outputs. Throws Failed or Refused. */
export async function perform(operation: Operation, outer: Scope, means: Means): Promise<Scope> {
  const scope = bound(outer, operation.bindings)
  switch (operation.type) {
    case 'apply':
    case 'create':
    case 'patch':
    case 'update':
      return keep(outer, write(operation, scope, means))
    case 'assert':
    case 'error':
      return keep(outer, check(operation, scope, means))
    case 'delete':
      remove(operation, scope, means)
      return outer
    case 'script':
    case 'command':
      return keep(outer, await execute(operation, scope, means))
    case 'sleep':
      means.host.runUntil(means.host.now + operation.duration)
      return outer
    case 'wait': {
      const limit = operation.timeout ?? scope.timeouts.exec
      kubectl(waitWords(operation, scope, limit), scope, means, limit)
      return outer
    }
    case 'collect':
      collect(operation.argv, scope, means)
      return outer
  }
}

/** Outputs outlive their operation; its own bindings do not. */
const keep = (outer: Scope, { bindings }: Scope): Scope => ({ ...outer, bindings: { ...outer.bindings, ...bindings } })

/** Tries until it goes well or the time is over; then the last reason is thrown. */
function poll<T>(host: Host, timeout: Micros, attempt: () => T): T {
  const deadline = host.now + timeout
  for (;;) {
    host.runUntil(Math.min(host.now + POLL, deadline))
    try {
      return attempt()
    } catch (reason) {
      if (!(reason instanceof Failed || reason instanceof Refused)) throw reason
      if (host.now >= deadline) throw reason
    }
  }
}

function documentsOf(operation: WriteOperation | CheckOperation, scope: Scope, means: Means): readonly JsonObject[] {
  const documents = operation.resource ? [operation.resource] : means.documents(operation.file!)
  return operation.template ? documents.map((document) => fillIn(document, scope.bindings) as JsonObject) : documents
}

function write(operation: WriteOperation, scope: Scope, means: Means): Scope {
  const objects = new Objects(means.host, scope.namespace)
  let result = withOutputs(scope, [], null, {})
  for (const document of documentsOf(operation, scope, means)) {
    result = poll(means.host, operation.timeout ?? scope.timeouts.apply, () => {
      let value: JsonValue = document
      let error: string | null = null
      try {
        const stored = writeOnce(operation, document, objects, means)
        value = stored as unknown as JsonValue
      } catch (reason) {
        if (!(reason instanceof Refused)) throw reason
        error = reason.message
      }
      expectOutcome(operation.expect, value, error, scope.bindings)
      return withOutputs(result, operation.outputs, value, { error })
    })
  }
  return result
}

function writeOnce(operation: WriteOperation, document: JsonObject, objects: Objects, means: Means): KubeObject {
  const ref = referenceOf(document)
  const [old] = ref.name ? objects.find(ref) : []
  const { type, dryRun } = operation
  if (type === 'create' && old) throw new Refused('the resource already exists in the cluster')
  if (old) return type === 'update' ? objects.update(document, old, dryRun) : objects.mergePatch(document, dryRun)
  if (type === 'patch' || type === 'update') throw new Refused(`${ref.kind} "${ref.name}" not found`)
  const stored = objects.create(document, dryRun)
  if (!dryRun) means.made(stored)
  return stored
}

function check(operation: CheckOperation, scope: Scope, means: Means): Scope {
  const objects = new Objects(means.host, scope.namespace)
  const timeout = operation.timeout ?? scope.timeouts[operation.type]
  let result = scope
  for (const document of documentsOf({ ...operation, template: false }, scope, means)) {
    const ref = referenceOf(fillInReference(document, scope))
    const seen = poll(means.host, timeout, () => {
      const candidates = objects.find(ref) as unknown as readonly JsonObject[]
      const mismatches = candidates.map((candidate) => assertTree(document, candidate, scope.bindings))
      const fits = mismatches.findIndex((list) => list.length === 0)
      if (operation.type === 'error') {
        if (fits >= 0) throw new Failed(`${ref.kind} ${nameOf(candidates[fits]!)}: resource matches expectation`)
        return null
      }
      if (candidates.length === 0) throw new Failed(`${ref.kind} ${ref.name ?? JSON.stringify(ref.labels ?? {})}: actual resource not found`)
      if (fits < 0) throw new Failed(candidates.map((candidate, i) => `${ref.kind} ${nameOf(candidate)}: ${mismatches[i]!.join('; ')}`).join('\n'))
      return candidates[fits]!
    })
    result = withOutputs(result, operation.outputs, seen, {})
  }
  return result
}

/** Names and labels may be expressions; what is to be compared stays as it is. */
const fillInReference = (document: JsonObject, scope: Scope): JsonObject => {
  const { name, namespace, labels } = (document.metadata ?? {}) as JsonObject
  const metadata = Object.fromEntries(Object.entries({ name, namespace, labels }).filter(([, value]) => value !== undefined)) as JsonObject
  return { apiVersion: document.apiVersion, kind: document.kind, metadata: fillIn(metadata, scope.bindings) }
}

const nameOf = (object: JsonObject): string => String((object.metadata as JsonObject).name)

function remove(operation: DeleteOperation, scope: Scope, means: Means): void {
  const objects = new Objects(means.host, scope.namespace)
  const refs = operation.ref ? [fillIn(operation.ref as unknown as JsonValue, scope.bindings) as unknown as typeof operation.ref] : means.documents(operation.file!).map(referenceOf)
  for (const ref of refs) {
    const targets = objects.find(ref)
    let error: string | null = null
    try {
      for (const target of targets) objects.remove(target, operation.propagation)
      poll(means.host, operation.timeout ?? scope.timeouts.delete, () => {
        const left = new Set(objects.find(ref).map((o) => o.metadata.uid))
        if (targets.some((target) => left.has(target.metadata.uid))) throw new Failed(`${ref.kind} ${ref.name ?? ''} is still there`)
      })
    } catch (reason) {
      if (!(reason instanceof Refused || reason instanceof Failed)) throw reason
      error = reason.message
    }
    expectOutcome(operation.expect, null, error, scope.bindings)
  }
}

async function execute(operation: ScriptOperation | CommandOperation, scope: Scope, means: Means): Promise<Scope> {
  const env: Record<string, string> = { NAMESPACE: scope.namespace }
  for (const { name, value } of operation.env) env[name] = String(fillIn(value, scope.bindings))
  const script = operation.type === 'script' ? operation.content : [operation.entrypoint, ...operation.args].map(quoted).join(' ')
  const result = await means.shell.run(script, env, means.host.now + (operation.timeout ?? scope.timeouts.exec))
  const stdout = result.stdout.trim()
  const stderr = result.stderr.trim()
  const error = result.code === 0 ? null : result.code === 137 ? 'signal: killed' : `exit status ${result.code}`
  if (stdout) means.log(stdout)
  if (stderr) means.log(stderr)
  const own = { stdout, stderr, error }
  if (operation.check !== undefined) {
    const mismatches = assertTree(operation.check, null, { ...scope.bindings, ...own })
    if (mismatches.length > 0) throw new Failed(`${mismatches.join('; ')}${stderr ? `\n${stderr}` : ''}`)
  } else if (error !== null) {
    throw new Failed(`${error}${stderr ? `: ${stderr}` : ''}`)
  }
  return withOutputs(scope, operation.outputs, null, own)
}

/** `$NAME` in the arguments of a command is a variable, as Chainsaw has it; the rest is literal. */
const quoted = (word: string): string => `"${word.replace(/(["\\`])/g, '\\$1')}"`

/** `wait` is kubectl's, as in Chainsaw itself. */
function waitWords({ ref, selector, for: goal }: WaitOperation, scope: Scope, limit: Micros): readonly string[] {
  const { group, version } = splitApiVersion(ref.apiVersion)
  const kind = `${ref.kind.toLowerCase()}${group ? `.${version}.${group}` : ''}`
  const what = ref.name ? [`${kind}/${ref.name}`] : [kind, ...(selector ? ['-l', selector] : ['--all'])]
  const value = goal.type !== 'deletion' && goal.value ? `=${goal.value}` : ''
  const aim = goal.type === 'deletion' ? 'delete' : goal.type === 'condition' ? `condition=${goal.name}${value}` : `jsonpath=${goal.path}${value}`
  return ['wait', ...what, `--for=${aim}`, '-n', ref.namespace ?? scope.namespace, `--timeout=${Math.ceil(limit / 1_000_000)}s`]
}

function kubectl(argv: readonly string[], scope: Scope, means: Means, limit: Micros): string {
  const { code, stdout, stderr } = means.host.kubectl({ argv, env: { NAMESPACE: scope.namespace }, stdin: '', files: {} }, means.host.now + limit)
  if (code !== 0) throw new Failed(stderr.trim() || `kubectl ended with ${code === null ? 'a signal' : `exit status ${code}`}`)
  return stdout
}

function collect(argv: readonly string[], scope: Scope, means: Means): void {
  const words = argv.includes('-n') ? argv : [...argv, '-n', scope.namespace]
  try {
    means.log(kubectl(words, scope, means, scope.timeouts.exec))
  } catch (reason) {
    means.log(reason instanceof Error ? reason.message : String(reason))
  }
}
