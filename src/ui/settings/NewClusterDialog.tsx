import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { report } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Segmented } from '../kit/Segmented.tsx'
import styles from './settings.module.css'
import { readSettings, StartFlags } from './StartFlags.tsx'

const MOST_NODES = 5000
const LARGEST_SEED = 2 ** 31 - 1
/** From here on detailed kubelets would make the cluster slow to look at. */
const MANY_NODES = 50

const PLUGINS = 'kube-apiserver.enable-admission-plugins'

type Kubelets = 'detailed' | 'kwok'

/** Whole and within bounds, or why not. */
function wholeNumber(text: string, low: number, high: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text.trim()) && value >= low && value <= high ? value : undefined
}

/** Size, seed and kubelets of a new cluster. */
export function NewClusterDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation(['settings', 'common'])
  const form = useId()
  const [nodes, setNodes] = useState('3')
  const [seed, setSeed] = useState('1')
  const [kubelets, setKubelets] = useState<Kubelets>('detailed')
  const [cloud, setCloud] = useState(false)
  const [podPreset, setPodPreset] = useState(false)
  const [settings, setSettings] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const wantedNodes = wholeNumber(nodes, 0, MOST_NODES)
  const wantedSeed = wholeNumber(seed, 0, LARGEST_SEED)
  const begin = async (): Promise<void> => {
    if (wantedNodes === undefined || wantedSeed === undefined) return
    const typed = readSettings(settings)
    const flags = podPreset ? { ...typed, [PLUGINS]: [typed[PLUGINS], 'PodPreset'].filter(Boolean).join() } : typed
    const { problem } = await session.ask<'flagsProblem'>({ type: 'flagsProblem', flags, kubelet: kubelets })
    setProblem(problem)
    if (problem !== null) return
    session.reset({ nodes: wantedNodes, seed: wantedSeed, kubelet: kubelets, cloud, flags })
    onClose()
  }
  return (
    <Dialog
      title={t('newTitle')}
      onClose={onClose}
      actions={
        <Button variant="primary" type="submit" form={form} disabled={wantedNodes === undefined || wantedSeed === undefined}>
          {t('start')}
        </Button>
      }
    >
      <form
        id={form}
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          begin().catch(report)
        }}
      >
        <p>{t('newText')}</p>
        <Field label={t('nodes')} hint={t('nodesHint')} value={nodes} onChange={setNodes} problem={wantedNodes === undefined ? t('wholeNumber', { low: 0, high: MOST_NODES }) : null} />
        <Field label={t('seed')} hint={t('seedHint')} value={seed} onChange={setSeed} problem={wantedSeed === undefined ? t('wholeNumber', { low: 0, high: LARGEST_SEED }) : null} />
        <div className={styles['field']}>
          <span>{t('kubelets')}</span>
          <Segmented<Kubelets>
            label={t('kubelets')}
            options={[
              { id: 'detailed', label: t('detailed') },
              { id: 'kwok', label: t('fake') },
            ]}
            value={kubelets}
            onChange={setKubelets}
          />
          <small>{t(kubelets === 'detailed' ? 'detailedHint' : 'fakeHint')}</small>
        </div>
        <Check title={t('cloud')} label={t('cloudLabel')} hint={t('cloudHint')} checked={cloud} onChange={setCloud} />
        <Check title={t('removed')} label={t('podPresetLabel')} hint={t('podPresetHint')} checked={podPreset} onChange={setPodPreset} />
        <StartFlags
          value={settings}
          problem={problem}
          onChange={(text) => {
            setSettings(text)
            setProblem(null)
          }}
        />
        {kubelets === 'detailed' && (wantedNodes ?? 0) > MANY_NODES && <p className={styles['advice']}>{t('manyNodes')}</p>}
      </form>
    </Dialog>
  )
}

interface FieldProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly problem: string | null
  onChange(value: string): void
}

function Field({ label, hint, value, problem, onChange }: FieldProps): ReactNode {
  return (
    <label className={styles['field']}>
      <span>{label}</span>
      <input className="code-box" type="text" inputMode="numeric" value={value} aria-invalid={problem !== null} onChange={(event) => onChange(event.target.value)} />
      <small role={problem === null ? undefined : 'alert'} data-bad={problem === null ? undefined : ''}>
        {problem ?? hint}
      </small>
    </label>
  )
}

interface CheckProps {
  readonly title: string
  readonly label: string
  readonly hint: string
  readonly checked: boolean
  onChange(checked: boolean): void
}

function Check({ title, label, hint, checked, onChange }: CheckProps): ReactNode {
  return (
    <label className={styles['field']}>
      <span>{title}</span>
      <span className={styles['check']}>
        <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
        {label}
      </span>
      <small>{hint}</small>
    </label>
  )
}
