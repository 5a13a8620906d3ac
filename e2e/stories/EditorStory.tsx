import { useState, type ReactNode } from 'react'
import { EditorPanel } from '../../src/ui/editor/EditorPanel.tsx'
import { SAMPLES } from '../../src/ui/editor/samples.ts'
import type { EditorFile, Problem } from '../../src/ui/editor/types.ts'

const textOf = (id: string): string => SAMPLES.find((sample) => sample.id === id)?.text ?? ''

/** The editor with two files, one of them applied in another form. */
export function EditorStory(): ReactNode {
  const [files, setFiles] = useState<readonly EditorFile[]>([
    { name: 'web.yaml', text: textOf('web') },
    { name: 'rolling-update.yaml', text: textOf('rolling-update').replace('nginx:1.27', 'nginx:1.28').replace('  replicas: 6', '  replicas: six') },
  ])
  const [active, setActive] = useState('web.yaml')
  const [applied, setApplied] = useState<Record<string, string>>({
    'web.yaml': textOf('web'),
    'rolling-update.yaml': textOf('rolling-update'),
  })
  const problems: Problem[] = files
    .filter(({ text }) => text.includes('nginx:1.28'))
    .map(({ name, text }) => ({
      file: name,
      line: text.slice(0, text.indexOf('nginx:1.28')).split('\n').length,
      column: 1,
      message: 'Deployment.apps "shop" is invalid: this is what a server might say',
      severity: 'warning',
    }))
  return (
    <div style={{ width: 'min(420px, 100vw)', height: '100%', borderRight: '1px solid var(--line)' }}>
      <EditorPanel
        files={files}
        active={active}
        onChange={(name, text) => setFiles(files.map((file) => (file.name === name ? { name, text } : file)))}
        onSelect={setActive}
        onAdd={() => {
          const name = `new-${files.length}.yaml`
          setFiles([...files, { name, text: '' }])
          setActive(name)
        }}
        onRemove={(name) => {
          const rest = files.filter((file) => file.name !== name)
          setFiles(rest)
          setActive(rest[0]?.name ?? '')
        }}
        onApply={(all) => setApplied({ ...applied, ...Object.fromEntries(all.map(({ name, text }) => [name, text])) })}
        problems={problems}
        appliedText={(name) => applied[name]}
        onMendAll={() => undefined}
        onSample={({ name, text }) => {
          setFiles([...files.filter((file) => file.name !== name), { name, text }])
          setActive(name)
        }}
        busy={false}
      />
    </div>
  )
}
