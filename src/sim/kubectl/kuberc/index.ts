import type { JsonValue } from '../../api/meta.ts'
import { goQuote } from '../../api/field.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail } from '../failure.ts'
import { PREFERENCE, preferencesPath, readPreference, type Preference } from '../preferences.ts'
import { prettyJson } from '../print-json.ts'
import { toYaml } from '../print-yaml.ts'
import { setPreference } from './set.ts'

/** `kubectl kuberc view` and `set`: the user's own defaults and aliases (kubectl: cmd/kuberc). */
export const kubercVerb: Verb = {
  name: 'kuberc',
  summary: 'Look at and change your own defaults and aliases',
  usage: ['kubectl kuberc view', 'kubectl kuberc set --section defaults --command get --option output=wide', 'kubectl kuberc set --section aliases --name getn --command get --prependarg nodes'],
  run(ctx, inv) {
    const place = preferencesPath(ctx, inv.flags.text('kuberc'))
    if (!place) return fail('KUBERC is disabled via KUBERC=off environment variable')
    return inv.path[1] === 'view' ? view(ctx, inv, place) : set(ctx, inv, place.path)
  },
}

/** The preferences that a file holds. */
function stored(text: string, path: string): Preference {
  const { preference, error } = readPreference(text, path)
  return preference ?? fail(`error parsing kuberc file: ${error ?? 'the file is empty'}`)
}

function view(ctx: KubectlContext, { flags }: Invocation, { path, explicit }: { readonly path: string; readonly explicit: boolean }): number {
  const text = ctx.files[path]
  if (text === undefined && explicit) return fail(`kuberc file not found at ${path}`)
  if (text === undefined) {
    ctx.out(`kuberc file not found at ${path}\nWould you like to generate a default kuberc file with recommended options? (y/N): `)
    if ((ctx.stdin ?? '').trim().toLowerCase() === 'y') save(ctx, path, RECOMMENDED)
    return 0
  }
  const shown = stored(text!, path) as unknown as JsonValue
  switch (flags.text('output')) {
    case '':
    case 'yaml':
      ctx.out(toYaml(shown))
      return 0
    case 'json':
      ctx.out(`${prettyJson(shown, '    ')}\n`)
      return 0
    default:
      return fail(`unable to match a printer suitable for the output format ${goQuote(flags.text('output'))}, allowed formats are: json,yaml`)
  }
}

const RECOMMENDED: Preference = {
  ...PREFERENCE,
  defaults: [
    { command: 'apply', options: [{ name: 'server-side', default: 'true' }] },
    { command: 'delete', options: [{ name: 'interactive', default: 'true' }] },
  ],
}

function set(ctx: KubectlContext, inv: Invocation, path: string): number {
  const text = ctx.files[path]
  const change = setPreference(inv.flags)
  save(ctx, path, change(text === undefined || text === '' ? PREFERENCE : stored(text, path)))
  return 0
}

/** Lists are written even where they are empty: the type has no omitempty there. */
function save(ctx: KubectlContext, path: string, preference: Preference): void {
  ctx.saveFile(path, toYaml({ ...preference, aliases: preference.aliases ?? null, defaults: preference.defaults ?? null } as unknown as JsonValue))
  ctx.out(`Updated ${path}\n`)
}
