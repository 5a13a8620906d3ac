import { isMap } from 'yaml'
import { fix, type Finding, type Fix } from './fix.ts'
import { put, replaceScalar, rewrite } from './yaml-edit.ts'
import { tidyName } from './names.ts'
import { dots } from './unreadable.ts'
import { withSelector } from './versions.ts'

const NAME_OF_NAMESPACE = /^namespaces "([^"]+)" not found$/

/** What must be there and can be said from the rest. */
export function fixMissing(finding: Finding): readonly Fix[] {
  const found = [placeholders(finding), name(finding), selector(finding), template(finding), labels(finding), containers(finding), serverField(finding), accessModes(finding), restartPolicy(finding), namespace(finding)]
  return found.filter((one): one is Fix => one !== undefined)
}

const made = (id: string, params: Fix['title']['params'], text: string | undefined): Fix | undefined => (text === undefined ? undefined : fix(id, params, text))

/** "..." in the middle of an object ends it; the rest is no object of its own. */
function placeholders({ text, message }: Finding): Fix | undefined {
  return /Required value|not set/.test(message) ? dots(text) : undefined
}

function name({ text, line, object, message }: Finding): Fix | undefined {
  if (!message.includes('name or generateName is required')) return undefined
  const given = `my-${object.kind.toLowerCase()}`
  return made('addName', { name: given }, rewrite(text, line, (document) => put(document, ['metadata', 'name'], given)))
}

function selector({ text, line, path, message, object }: Finding): Fix | undefined {
  if (path !== 'spec.selector' || !message.includes('Required value')) return undefined
  const hasLabels = (object.spec as { template?: { metadata?: { labels?: object } } } | undefined)?.template?.metadata?.labels !== undefined
  return hasLabels ? made('selector', {}, rewrite(text, line, withSelector)) : undefined
}

/** The template gets the labels that the selector asks for. */
function labels({ text, line, path, message, object }: Finding): Fix | undefined {
  if (!message.includes('`selector` does not match template `labels`') || path !== 'spec.template.metadata.labels') return undefined
  const wanted = (object.spec as { selector?: { matchLabels?: Readonly<Record<string, string>> } } | undefined)?.selector?.matchLabels
  if (!wanted) return undefined
  return made('labels', {}, rewrite(text, line, (document) => {
    for (const [key, value] of Object.entries(wanted)) put(document, ['spec', 'template', 'metadata', 'labels', key], value)
  }))
}

function restartPolicy({ text, line, path, message, object }: Finding): Fix | undefined {
  if (!path.endsWith('template.spec.restartPolicy') || !/Required value|Unsupported value|Invalid value/.test(message)) return undefined
  const isJob = object.kind === 'Job' || object.kind === 'CronJob'
  const value = isJob ? 'OnFailure' : 'Always'
  return made('set', { field: path, value }, rewrite(text, line, (document) => {
    const holder = document.getIn(path.split('.').slice(0, -1), true)
    if (!isMap(holder)) return false
    holder.set('restartPolicy', value)
    return true
  }))
}

/** A workload of which only the strategy or the like was given. */
function template({ text, line, object, message, path }: Finding): Fix | undefined {
  const spec = object.spec as { template?: object; selector?: object } | undefined
  if (!message.includes('Required value') || path !== 'spec.selector' || spec?.template || spec?.selector) return undefined
  const app = object.metadata?.labels?.['app'] ?? object.metadata?.name ?? 'web'
  return made('template', {}, rewrite(text, line, (document) => {
    put(document, ['spec', 'selector'], { matchLabels: { app } })
    put(document, ['spec', 'template'], { metadata: { labels: { app } }, spec: { containers: [{ name: app, image: 'nginx' }] } })
  }))
}

function containers({ text, line, path, message }: Finding): Fix | undefined {
  if (!path.endsWith('spec.containers') || !message.includes('Required value')) return undefined
  return made('containers', {}, rewrite(text, line, (document) => put(document, path.split('.'), [{ name: 'main', image: 'nginx' }])))
}

/** What the server filled in when the object was copied from a cluster. */
function serverField({ text, line, path, message }: Finding): Fix | undefined {
  if (!/^metadata\.(uid|resourceVersion|creationTimestamp)$/.test(path) || !message.includes('field is immutable')) return undefined
  return made('remove', { field: path }, rewrite(text, line, (document) => void document.deleteIn(path.split('.'))))
}

function accessModes({ text, line, path, message }: Finding): Fix | undefined {
  if (path !== 'spec.accessModes' || !message.includes('Required value')) return undefined
  return made('set', { field: path, value: 'ReadWriteOnce' }, rewrite(text, line, (document) => put(document, ['spec', 'accessModes'], ['ReadWriteOnce'])))
}

function namespace({ text, line, message }: Finding): Fix | undefined {
  const wanted = NAME_OF_NAMESPACE.exec(message)?.[1]
  const valid = wanted === undefined ? '' : tidyName(wanted)
  if (valid !== wanted) return valid === '' ? undefined : made('name', { from: wanted!, to: valid }, replaceScalar(text, line, ['metadata', 'namespace'], valid))
  return wanted === undefined ? undefined : fix('namespace', { name: wanted }, `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${wanted}\n---\n${text.replace(/^---\n/, '')}`)
}
