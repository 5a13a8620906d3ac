import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DockerfileStage, DockerfileStep, DockerfileView } from '../../../workers/protocol.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { Button } from '../../kit/Button.tsx'
import { Dialog } from '../../kit/Dialog.tsx'
import { TableHead } from '../../kit/TableHead.tsx'
import { bytesText } from './bytes-text.ts'
import { DOCKERFILES } from './dockerfile-samples.ts'
import styles from './dockerfile.module.css'

/** A Dockerfile, and what each of its instructions makes: layers, fields of the configuration, what the cache keeps. */
export function DockerfileDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('anatomy')
  const [text, setText] = useState<string>(DOCKERFILES[0].text)
  const [context, setContext] = useState<Readonly<Record<string, string>>>(DOCKERFILES[0].context)
  const [before, setBefore] = useState<string | null>(null)
  const query = useMemo(() => ({ type: 'dockerfile' as const, text, context, before }), [text, context, before])
  const view = useLast(useAnswer<'dockerfile'>(query, 0))
  return (
    <Dialog wide title={t('dockerfile.title')} onClose={onClose}>
      <p className={styles['text']}>{t('dockerfile.text')}</p>
      <div className={styles['columns']}>
        <div className={styles['source']}>
          <div className={styles['samples']} role="group" aria-label={t('dockerfile.samples')}>
            {DOCKERFILES.map((sample) => (
              <Button
                key={sample.id}
                small
                onClick={() => {
                  setText(sample.text)
                  setContext(sample.context)
                  setBefore(null)
                }}
              >
                {t(`dockerfile.sampleNames.${sample.id}`)}
              </Button>
            ))}
          </div>
          <textarea aria-label={t('dockerfile.source')} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} rows={14} />
          <Button small disabled={view === undefined || view.faults.length > 0 || before === text} onClick={() => setBefore(text)}>
            {t('dockerfile.built')}
          </Button>
          {before !== null && <p className={styles['text']}>{t('dockerfile.builtText')}</p>}
          {view !== undefined && <Faults view={view} />}
        </div>
        <div className={styles['result']} data-testid="dockerfile">
          {view?.stages.map((stage) => (
            <Stage key={stage.index} stage={stage} several={view.stages.length > 1} />
          ))}
          {view !== undefined && view.config.length > 0 && (
            <>
              <h3>{t('dockerfile.config')}</h3>
              <dl>
                {view.config.map(([field, value]) => (
                  <div key={field}>
                    <dt>{field}</dt>
                    <dd>
                      <code>{value}</code>
                    </dd>
                  </div>
                ))}
              </dl>
            </>
          )}
        </div>
      </div>
    </Dialog>
  )
}

/** The last answer stays until the next one is there, so that nothing flickers while one types. */
function useLast<T>(value: T | undefined): T | undefined {
  const [last, setLast] = useState(value)
  if (value !== undefined && value !== last) setLast(value)
  return value ?? last
}

function Faults({ view }: { readonly view: DockerfileView }): ReactNode {
  const { t } = useTranslation('anatomy')
  const all = [...view.faults.map((fault) => ({ ...fault, bad: true })), ...view.warnings.map((warning) => ({ ...warning, bad: false }))]
  if (all.length === 0) return <p className={styles['fine']}>{t('dockerfile.noFaults')}</p>
  return (
    <ul className={styles['faults']} role="status">
      {all.map(({ line, message, bad }) => (
        <li key={`${line} ${message}`} data-bad={bad ? '' : undefined}>
          {line > 0 && <b>{t('dockerfile.line', { line })}</b>} {message}
        </li>
      ))}
    </ul>
  )
}

function Stage({ stage, several }: { readonly stage: DockerfileStage; readonly several: boolean }): ReactNode {
  const { t } = useTranslation('anatomy')
  return (
    <>
      {several && (
        <h3>
          {t('dockerfile.stage', { name: stage.name || stage.index })} <small>{stage.isTarget ? t('dockerfile.target') : !stage.needed && t('dockerfile.skipped')}</small>
        </h3>
      )}
      <table data-skipped={stage.needed ? undefined : ''}>
        <TableHead columns={[t('dockerfile.instruction'), t('dockerfile.makes'), t('dockerfile.size'), t('dockerfile.cache')]} />
        <tbody>
          {stage.steps.map((step) => (
            <Step key={step.line} step={step} stage={stage} />
          ))}
        </tbody>
      </table>
    </>
  )
}

function Step({ step, stage }: { readonly step: DockerfileStep; readonly stage: DockerfileStage }): ReactNode {
  const { t } = useTranslation('anatomy')
  const { text, keyword, makes, field, value, bytes, cached } = step
  const size = makes === 'config' || makes === 'none' ? '–' : bytes === null ? t('dockerfile.whenRun') : bytesText(bytes)
  return (
    <tr data-makes={makes} data-cached={cached === null ? undefined : cached ? 'yes' : 'no'}>
      <td>
        <code>
          <b>{keyword}</b> {text.slice(keyword.length).trim()}
        </code>
      </td>
      <td>
        {t(`dockerfile.kinds.${makes}`)}
        {field !== null && makes === 'config' && <code>{t('dockerfile.field', { field, value })}</code>}
        {makes === 'base' &&
          stage.baseLayers.map(({ digest, bytes: layer, nodes }) => (
            <code key={digest} title={digest}>
              {digest.slice(0, 15)} {bytesText(layer)}
              {nodes.length > 0 && ` · ${t('dockerfile.nodes', { nodes: nodes.join(', ') })}`}
            </code>
          ))}
      </td>
      <td>{size}</td>
      <td>{cached === null ? t('dockerfile.unknownCache') : t(cached ? 'dockerfile.cached' : 'dockerfile.fresh')}</td>
    </tr>
  )
}
