/**
 * Monaco with YAML, fetched when the editor is first needed. The slim build: the editor's features and the YAML language,
 * none of the others.
 */
import * as monaco from 'monaco-editor/editor'
import 'monaco-editor/features/register.all'
import 'monaco-editor/languages/definitions/yaml/register'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import { configureMonacoYaml } from 'monaco-yaml'
import type { Theme } from '../theme/theme.ts'
import { componentSchemas, withComponents } from './component-schemas.ts'
import { colours, rules } from './monaco-theme.ts'
import YamlWorker from './yaml.worker.ts?worker'

export { monaco }

interface WorkerRequest {
  readonly createData?: unknown
  readonly host?: Record<string, (...args: never[]) => unknown>
}

/**
 * monaco-yaml asks for workers as Monaco did before 0.55 (by module id); since then Monaco wants the worker itself. This
 * answers the old way with the new one: the first message wakes the worker, the second is its configuration.
 */
function createYamlWorker<T extends object>({ createData, host }: WorkerRequest): monaco.editor.MonacoWebWorker<T> {
  const worker = new YamlWorker()
  worker.postMessage('ignore')
  worker.postMessage(createData)
  return monaco.editor.createWebWorker<T>({ worker, keepIdleModels: false, ...(host !== undefined && { host }) })
}

function withYamlWorker(): typeof monaco {
  const editor = Object.create(monaco.editor, { createWebWorker: { value: createYamlWorker } }) as typeof monaco.editor
  return { ...monaco, editor }
}

/**
 * The schema of one YAML document, chosen inside it by apiVersion and kind; made by `npm run generate`. Undefined where the
 * file is not to be had: the editor then only knows YAML.
 */
async function loadSchema(): Promise<object | undefined> {
  try {
    const response = await fetch(new URL('schema/k8s.json', document.baseURI))
    return response.ok ? ((await response.json()) as object) : undefined
  } catch {
    return undefined
  }
}

async function startYaml(): Promise<void> {
  const yaml = configureMonacoYaml(withYamlWorker() as never, {
    schemas: [],
    completion: true,
    hover: true,
    validate: true,
    enableSchemaRequest: false,
    disableDefaultProperties: true,
    yamlVersion: '1.2',
  })
  const schema = await loadSchema()
  if (schema === undefined) return
  const checkWith = (whole: object): Promise<void> => yaml.update({ schemas: [{ uri: 'inmemory://orrery/Kubernetes-v1.36', fileMatch: ['**'], schema: whole }] })
  await checkWith(schema)
  await checkWith(withComponents(schema, await componentSchemas))
}

let started = false

/** Sets Monaco up once: workers, YAML, themes. */
export function startMonaco(): typeof monaco {
  if (started) return monaco
  started = true
  self.MonacoEnvironment = { getWorker: () => new EditorWorker() }
  void startYaml()
  return monaco
}

/** Makes Monaco's colours those of the page; call when the theme changes. */
export function showTheme(theme: Theme): void {
  monaco.editor.defineTheme('orrery', {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: rules(),
    colors: colours(),
  })
  monaco.editor.setTheme('orrery')
}
