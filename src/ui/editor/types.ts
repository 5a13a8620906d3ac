import type { Sentence } from '../../workers/protocol.ts'

/** One text of the editor: a tab. The name is unique, e.g. "web.yaml". */
export interface EditorFile {
  readonly name: string
  readonly text: string
}

/** Something wrong with a text, or worth knowing. Lines and columns count from 1. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly message: string
  readonly severity: 'error' | 'warning' | 'info'
  /** What is behind it (`explain.<id>` of namespace "mend"). */
  readonly explain?: Sentence
  /** Ways to mend it, the likeliest first. */
  readonly fixes?: readonly Fix[]
}

/** A way to mend a text (`fix.<id>` of namespace "mend"), with the whole text afterwards. */
export interface Fix {
  readonly title: Sentence
  readonly text: string
}

/** A manifest to start from. */
export interface Sample {
  readonly id: string
  /** The tab's name, e.g. "web.yaml". */
  readonly name: string
  readonly text: string
  readonly title: { readonly en: string; readonly zh: string }
  /** One sentence: what one will see. */
  readonly summary: { readonly en: string; readonly zh: string }
}

/** The door of the panel: everything comes in by props, it knows no connection. */
export interface EditorPanelProps {
  readonly files: readonly EditorFile[]
  /** Name of the shown file. */
  readonly active: string
  onChange(name: string, text: string): void
  onSelect(name: string): void
  onAdd(): void
  onRemove(name: string): void
  /** Apply the shown file (or all, when the person says so). */
  onApply(files: readonly EditorFile[]): void
  /** The server's and the parser's findings. The schema's are found by the editor itself. */
  readonly problems: readonly Problem[]
  /** Mends a file as far as that goes without asking. */
  onMendAll(file: EditorFile): void
  /** What was last applied under this name; undefined: never. */
  appliedText(name: string): string | undefined
  readonly readOnly?: boolean
  /** A sample was chosen in the gallery; the caller adds a tab, or shows the one of that name. */
  onSample(sample: Sample): void
  /** An apply is under way. */
  readonly busy: boolean
}
