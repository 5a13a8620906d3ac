import { lazy, Suspense, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Boundary } from '../kit/Boundary.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { Button } from '../kit/Button.tsx'
import { tabPanel, Tabs } from '../kit/Tabs.tsx'
import { ApplyBar } from './ApplyBar.tsx'
import { editState } from './edit-state.ts'
import styles from './EditorPanel.module.css'
import type { EditorHandle } from './MonacoEditor.tsx'
import { PlainEditor } from './PlainEditor.tsx'
import { ProblemList } from './ProblemList.tsx'
import type { EditorPanelProps, Problem } from './types.ts'
import { useApplyKey } from './use-apply-key.ts'
import { useCodeEditor } from './use-code-editor.ts'

const SamplesDialog = lazy(async () => ({ default: (await import('./SamplesDialog.tsx')).SamplesDialog }))
const DiffDialog = lazy(async () => ({ default: (await import('./DiffDialog.tsx')).DiffDialog }))

/** Where the caret stands in the plain text area that Monaco is about to replace, if someone is typing there. */
function plainCaret(): number | undefined {
  const focused = typeof document === 'undefined' ? null : document.activeElement
  return focused instanceof HTMLTextAreaElement && 'plainEditor' in focused.dataset ? focused.selectionStart : undefined
}

/** The editor of manifests: tabs, text, problems, and the bar that applies. Fills its parent. */
export function EditorPanel(props: EditorPanelProps): ReactNode {
  const { files, active, problems, readOnly = false, busy } = props
  const { t } = useTranslation('editor')
  const { Editor: Loaded, failed } = useCodeEditor()
  const [found, setFound] = useState<readonly Problem[]>([])
  const [open, setOpen] = useState<'samples' | 'diff' | null>(null)
  const [leaving, setLeaving] = useState(false)
  const handle = useRef<EditorHandle>(null)
  const file = files.find(({ name }) => name === active) ?? files[0]
  const applied = file === undefined ? undefined : props.appliedText(file.name)
  const state = file === undefined ? undefined : editState(file.name, file.text, applied)
  const own = useMemo(() => problems.filter((problem) => problem.file === active), [problems, active])
  const all = useMemo(() => {
    // What the server says of a line counts; the schema would say the same again.
    const told = new Set(own.map(({ line }) => line))
    return [...problems, ...found.filter(({ file: name, line }) => name === active && !told.has(line))]
  }, [problems, own, found, active])
  const unapplied = files.filter(({ name, text }) => editState(name, text, props.appliedText(name)).edited)

  const apply = (): void => {
    setOpen(null)
    if (file !== undefined && !busy && !readOnly) props.onApply([file])
  }
  const goTo = (problem: Problem): void => {
    if (problem.file !== active) props.onSelect(problem.file)
    requestAnimationFrame(() => handle.current?.reveal(problem.line, problem.column))
  }
  const panel = useRef<HTMLElement>(null)
  useApplyKey(panel, apply)
  const label = t('textOf', { file: active })
  const code = file !== undefined && state !== undefined && {
    file,
    label,
    problems: own,
    changes: state.ranges,
    readOnly,
    caret: plainCaret(),
    onChange: (text: string) => props.onChange(file.name, text),
    onApply: apply,
    onMarkers: setFound,
    onLeaving: setLeaving,
    ref: handle,
  }

  return (
    <section ref={panel} className={styles['panel']} aria-label={t('editor')}>
      <Tabs
        prefix="editor"
        label={t('files')}
        active={active}
        onSelect={props.onSelect}
        onClose={props.onRemove}
        tabs={files.map(({ name, text }) => {
          const { edited } = editState(name, text, props.appliedText(name))
          return {
            id: name,
            label: <span className={edited ? styles['edited'] : undefined}>{name}</span>,
            ...(edited && { name: t('editedFile', { file: name }) }),
            ...(files.length > 1 && !readOnly && { closeLabel: t('closeFile', { file: name }) }),
          }
        })}
      >
        {!readOnly && <IconButton className={styles['add']} icon="plus" small label={t('newFile')} onClick={props.onAdd} />}
        <span className={styles['spacer']} />
        <Button variant="ghost" small className={styles['samples']} onClick={() => setOpen('samples')}>
          {t('samples')}
        </Button>
      </Tabs>
      <div className={styles['code']} {...tabPanel('editor', active)}>
        {code !== false && (
          <Boundary fallback={<PlainEditor {...code} />}>
            {Loaded === undefined ? <PlainEditor {...code} /> : <Loaded {...code} />}
          </Boundary>
        )}
        {failed && <p className={styles['note']}>{t('plainOnly')}</p>}
        <p role="status" className={leaving ? styles['note'] : 'visually-hidden'}>
          {leaving ? t('tabLeaves') : ''}
        </p>
      </div>
      <ProblemList
        problems={all}
        active={active}
        onGo={goTo}
        onFix={(problem, { text }) => props.onChange(problem.file, text)}
        onMendAll={() => file !== undefined && props.onMendAll(file)}
      />
      {!readOnly && state !== undefined && (
        <ApplyBar
          state={state}
          busy={busy}
          others={unapplied.length}
          onDiff={() => setOpen('diff')}
          onApply={apply}
          onApplyAll={() => props.onApply(files)}
        />
      )}
      <Boundary key={open} fallback={null}>
        <Suspense fallback={null}>
          {open === 'samples' && (
            <SamplesDialog
              onClose={() => setOpen(null)}
              onOpen={(sample) => {
                setOpen(null)
                props.onSample(sample)
              }}
            />
          )}
          {open === 'diff' && file !== undefined && (
            <DiffDialog name={file.name} before={applied ?? ''} after={file.text} busy={busy} onApply={apply} onClose={() => setOpen(null)} />
          )}
        </Suspense>
      </Boundary>
    </section>
  )
}
