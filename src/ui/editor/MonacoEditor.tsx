import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type ReactNode, type Ref } from 'react'
import { useTheme } from '../theme/theme.ts'
import type { ChangedRange } from './changed-lines.ts'
import { monaco, showTheme, startMonaco } from './monaco.ts'
import styles from './EditorPanel.module.css'
import { offerFixes } from './quick-fixes.ts'
import type { EditorFile, Problem } from './types.ts'

/** What the panel may ask of either editor. */
export interface EditorHandle {
  /** Puts the caret there and scrolls to it. */
  reveal(line: number, column: number): void
}

export interface CodeEditorProps {
  readonly file: EditorFile
  readonly label: string
  readonly problems: readonly Problem[]
  /** Lines that differ from what was applied. */
  readonly changes: readonly ChangedRange[]
  readonly readOnly: boolean
  /** Where the caret was in the editor that this one takes over from, when that had the focus. */
  readonly caret?: number | undefined
  onChange(text: string): void
  onApply(): void
  onMarkers(problems: readonly Problem[]): void
  /** The person pressed Esc: the next Tab leaves. Null: no longer. */
  onLeaving(leaving: boolean): void
  readonly ref?: Ref<EditorHandle>
}

type Model = monaco.editor.ITextModel

const views = new Map<string, monaco.editor.ICodeEditorViewState | null>()

const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  fontFamily: '"JetBrains Mono", ui-monospace, "SF Mono", Consolas, monospace',
  fontSize: 12,
  lineHeight: 19,
  fontLigatures: false,
  lineNumbersMinChars: 3,
  lineDecorationsWidth: 12,
  glyphMargin: false,
  folding: true,
  showFoldingControls: 'mouseover',
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  automaticLayout: true,
  tabSize: 2,
  insertSpaces: true,
  detectIndentation: false,
  renderLineHighlight: 'line',
  padding: { top: 10, bottom: 10 },
  overviewRulerLanes: 2,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, alwaysConsumeMouseWheel: false },
  quickSuggestions: { other: true, comments: false, strings: true },
  wordBasedSuggestions: 'off',
  fixedOverflowWidgets: true,
  stickyScroll: { enabled: false },
  occurrencesHighlight: 'off',
  selectionHighlight: false,
  guides: { indentation: true },
  unicodeHighlight: { ambiguousCharacters: false },
  accessibilitySupport: 'auto',
}

const uriOf = (name: string): monaco.Uri => monaco.Uri.parse(`file:///${encodeURIComponent(name)}`)

/** Beyond this many characters a text is shown without colours and without the schema's checks, so that typing stays quick. */
const MOST_CHECKED = 1_000_000

const languageOf = (text: string): string => (text.length > MOST_CHECKED ? 'plaintext' : 'yaml')

function modelOf(file: EditorFile): Model {
  const uri = uriOf(file.name)
  const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(file.text, languageOf(file.text), uri)
  model.updateOptions({ tabSize: 2, insertSpaces: true })
  return model
}

const SEVERITY = { error: 8, warning: 4, info: 2 } as const

function marker(problem: Problem, model: Model): monaco.editor.IMarkerData {
  const line = Math.min(Math.max(1, problem.line), model.getLineCount())
  const column = problem.endColumn === undefined ? Math.max(model.getLineFirstNonWhitespaceColumn(line), 1) : problem.column
  return {
    severity: SEVERITY[problem.severity],
    message: problem.message,
    startLineNumber: line,
    startColumn: column,
    endLineNumber: Math.min(problem.endLine ?? line, model.getLineCount()),
    endColumn: problem.endColumn ?? model.getLineMaxColumn(line),
  }
}

function problemOf(name: string, found: monaco.editor.IMarker): Problem {
  return {
    file: name,
    line: found.startLineNumber,
    column: found.startColumn,
    endLine: found.endLineNumber,
    endColumn: found.endColumn,
    message: found.message,
    severity: found.severity === SEVERITY.error ? 'error' : found.severity === SEVERITY.warning ? 'warning' : 'info',
  }
}

/** Monaco for one file at a time; every file keeps its own undo history, caret and folds. */
export function MonacoEditor(props: CodeEditorProps): ReactNode {
  const { file, label, problems, changes, readOnly, ref } = props
  const { theme } = useTheme()
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null)
  const marks = useRef<monaco.editor.IEditorDecorationsCollection | null>(null)
  const latest = useRef(props)
  useLayoutEffect(() => {
    latest.current = props
  })

  useEffect(() => showTheme(theme), [theme])

  useEffect(() => {
    if (host.current === null) return undefined
    startMonaco()
    showTheme(document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark')
    const made = monaco.editor.create(host.current, { ...OPTIONS, theme: 'orrery', model: null })
    editor.current = made
    marks.current = made.createDecorationsCollection()
    const { dispose } = listen(made, latest)
    return () => {
      dispose()
      made.dispose()
      editor.current = null
    }
  }, [])

  useEffect(() => {
    const made = editor.current
    if (made === null) return undefined
    const model = modelOf(latest.current.file)
    made.setModel(model)
    const view = views.get(file.name)
    if (view !== undefined) made.restoreViewState(view)
    const { caret } = latest.current
    if (caret !== undefined) {
      made.setPosition(model.getPositionAt(caret))
      made.focus()
    }
    return () => {
      views.set(file.name, made.saveViewState())
    }
  }, [file.name])

  useEffect(() => {
    const model = modelOf(file)
    if (model.getValue() === file.text) return
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text: file.text }], () => null)
  }, [file])

  useEffect(() => {
    editor.current?.updateOptions({ readOnly, ariaLabel: label })
  }, [readOnly, label])

  useEffect(() => {
    const model = modelOf(file)
    offerFixes(model.uri.toString(), problems)
    monaco.editor.setModelMarkers(model, 'server', problems.map((problem) => marker(problem, model)))
  }, [problems, file])

  useEffect(() => {
    marks.current?.set(
      changes.map(({ from, to }) => ({
        range: new monaco.Range(from, 1, Math.max(from, to), 1),
        options: {
          isWholeLine: true,
          className: styles[to < from ? 'removedHere' : 'changedLine'] ?? '',
          marginClassName: styles[to < from ? 'removedHere' : 'changedLine'] ?? '',
        },
      })),
    )
  }, [changes, file.name])

  useImperativeHandle(ref, () => ({
    reveal(line, column) {
      editor.current?.setPosition({ lineNumber: line, column })
      editor.current?.revealLineInCenterIfOutsideViewport(line)
      editor.current?.focus()
    },
  }))

  return <div ref={host} className={styles['monaco']} />
}

/** What the editor tells: text, markers, Ctrl/Cmd-Enter, and Esc after which Tab leaves. */
function listen(editor: monaco.editor.IStandaloneCodeEditor, latest: { readonly current: CodeEditorProps }): { dispose(): void } {
  editor.addAction({
    id: 'orrery.apply',
    label: 'Apply',
    keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
    run: () => latest.current.onApply(),
  })
  const leave = (leaving: boolean): void => {
    editor.updateOptions({ tabFocusMode: leaving })
    latest.current.onLeaving(leaving)
  }
  const all = [
    editor.onDidChangeModelContent(() => {
      const text = editor.getModel()?.getValue(monaco.editor.EndOfLinePreference.LF)
      const model = editor.getModel()
      if (text === undefined || model === null) return
      if (model.getLanguageId() !== languageOf(text)) monaco.editor.setModelLanguage(model, languageOf(text))
      if (text !== latest.current.file.text) latest.current.onChange(text)
    }),
    editor.onKeyDown((event) => {
      if (event.keyCode === monaco.KeyCode.Escape) leave(true)
      else if (event.keyCode !== monaco.KeyCode.Tab && event.keyCode !== monaco.KeyCode.Shift) leave(false)
    }),
    editor.onDidBlurEditorText(() => leave(false)),
    monaco.editor.onDidChangeMarkers((uris) => {
      const { file, onMarkers } = latest.current
      const uri = uriOf(file.name)
      if (!uris.some((changed) => changed.toString() === uri.toString())) return
      const found = monaco.editor.getModelMarkers({ resource: uri }).filter(({ owner }) => owner !== 'server')
      onMarkers(found.map((one) => problemOf(file.name, one)))
    }),
  ]
  return { dispose: () => all.forEach((one) => one.dispose()) }
}
