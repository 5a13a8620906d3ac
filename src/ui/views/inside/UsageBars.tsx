import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { UsageView } from '../../../workers/protocol.ts'
import { mebiText } from './bytes-text.ts'
import styles from './inside.module.css'

/** What a container uses now against its limit; the mark is its request. */
export function UsageBars({ usage }: { readonly usage: UsageView }): ReactNode {
  const { t } = useTranslation('anatomy')
  const { cpu, cpuWanted, cpuLimit, cpuRequest, memory, memoryLimit, memoryRequest } = usage
  const held = cpuLimit !== null && cpuWanted > cpuLimit
  const cpuMost = cpuLimit ?? Math.max(cpuRequest, cpu, 1) * 1.25
  const memoryMost = memoryLimit ?? Math.max(memoryRequest, memory, 1) * 1.25
  return (
    <div className={styles['usage']} data-testid="usage">
      <Meter
        name="cpu"
        words={cpuLimit === null ? t('cpuNow', { ms: (cpu / 10).toFixed(1) }) : t('cpuOf', { ms: (cpu / 10).toFixed(1), most: cpuLimit / 10 })}
        share={cpu / cpuMost}
        mark={cpuRequest > 0 ? cpuRequest / cpuMost : null}
        bad={held}
      />
      {held && <p className={styles['held']}>{t('heldDown', { wanted: cpuWanted, limit: cpuLimit })}</p>}
      <Meter
        name="memory"
        words={memoryLimit === null ? mebiText(memory) : t('memoryOf', { now: mebiText(memory), most: mebiText(memoryLimit) })}
        share={memory / memoryMost}
        mark={memoryRequest > 0 ? memoryRequest / memoryMost : null}
        bad={memoryLimit !== null && memory > memoryLimit * 0.9}
      />
    </div>
  )
}

interface MeterProps {
  readonly name: string
  readonly words: string
  readonly share: number
  readonly mark: number | null
  readonly bad: boolean
}

export function Meter({ name, words, share, mark, bad }: MeterProps): ReactNode {
  const { t } = useTranslation('anatomy')
  return (
    <div className={styles['meterRow']}>
      <span>{t(`resource.${name}`, { defaultValue: name })}</span>
      <code>{words}</code>
      <span className={styles['meter']} role="img" aria-label={`${name}: ${words}`} data-bad={bad ? '' : undefined}>
        <u style={{ width: `${Math.min(100, share * 100)}%` }} />
        {mark !== null && <s style={{ left: `${Math.min(99, mark * 100)}%` }} title={t('request')} />}
      </span>
    </div>
  )
}
