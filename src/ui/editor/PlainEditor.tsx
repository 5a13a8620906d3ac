import { useImperativeHandle, useMemo, useRef, type ReactNode } from 'react'
import styles from './EditorPanel.module.css'
import type { CodeEditorProps } from './MonacoEditor.tsx'

const LINE_PX = 19
/** Above this many lines the numbers are left out: a text of 5 MB must open at once. */
const MOST_NUMBERED = 5_000

/** The offset at which a line (from 1) begins, plus the column. */
function offsetOf(text: string, line: number, column: number): number {
  let offset = 0
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', offset)
    if (end < 0) break
    offset = end + 1
  }
  return Math.min(text.length, offset + column - 1)
}

/**
 * A plain text area with line numbers, in the metrics of Monaco: what shows at once while Monaco is on its way, and what
 * stays on phones and where Monaco cannot be loaded.
 */
export function PlainEditor(props: CodeEditorProps): ReactNode {
  const { file, label, changes, readOnly, onChange, problems, ref } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const count = useMemo(() => file.text.split('\n').length, [file.text])
  const marked = useMemo(() => {
    const classes = new Map<number, string>()
    for (const { from, to } of changes) {
      for (let line = from; line <= to; line++) classes.set(line, styles['numberChanged'] ?? '')
    }
    for (const { line } of problems) classes.set(line, styles['numberBad'] ?? '')
    return classes
  }, [changes, problems])
  useImperativeHandle(ref, () => ({
    reveal(line, column) {
      const element = area.current
      if (element === null) return
      const offset = offsetOf(file.text, line, column)
      element.focus()
      element.setSelectionRange(offset, offset)
      element.scrollTop = Math.max(0, (line - 5) * LINE_PX)
    },
  }))
  return (
    <div className={styles['plain']}>
      <div ref={gutter} className={styles['numbers']} aria-hidden="true">
        {count <= MOST_NUMBERED &&
          Array.from({ length: count }, (_, index) => (
            <span key={index} className={marked.get(index + 1)}>
              {index + 1}
            </span>
          ))}
      </div>
      <textarea
        ref={area}
        data-plain-editor=""
        aria-label={label}
        value={file.text}
        readOnly={readOnly}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop
        }}
      />
    </div>
  )
}
