import i18next from 'i18next'
import { monaco } from './monaco.ts'
import type { Problem } from './types.ts'

const offered = new Map<string, readonly Problem[]>()
let registered = false

/** Offers the problems' fixes as Monaco's quick fixes (the bulb, Ctrl/Cmd-.) in the text at `uri`. */
export function offerFixes(uri: string, problems: readonly Problem[]): void {
  offered.set(uri, problems)
  if (registered) return
  registered = true
  monaco.languages.registerCodeActionProvider('yaml', { provideCodeActions })
}

function provideCodeActions(model: monaco.editor.ITextModel, range: monaco.Range): monaco.languages.CodeActionList {
  const here = (offered.get(model.uri.toString()) ?? []).filter(({ line, endLine = line }) => line <= range.endLineNumber && endLine >= range.startLineNumber)
  const actions = here.flatMap((problem) =>
    (problem.fixes ?? []).map(({ title, text }, at): monaco.languages.CodeAction => ({
      title: i18next.t(`fix.${title.id}`, { ns: 'mend', ...title.params }),
      kind: 'quickfix',
      isPreferred: at === 0,
      edit: { edits: [{ resource: model.uri, versionId: model.getVersionId(), textEdit: { range: model.getFullModelRange(), text } }] },
    })),
  )
  return { actions, dispose: () => undefined }
}
