import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { StepPreview, StepUnit } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { Icon } from '../kit/Icon.tsx'
import { MenuButton } from '../kit/Menu.tsx'
import { Tooltip } from '../kit/Tooltip.tsx'
import { useClock, useMirror } from '../store/hooks.ts'
import { spanText } from './format-time.ts'
import styles from './Timeline.module.css'
import { previewText } from './words.ts'

interface Rung {
  readonly unit: StepUnit
  readonly sign: string
  readonly keys: string
}

const FORWARD: readonly Rung[] = [
  { unit: 'change', sign: '▸', keys: '→' },
  { unit: 'reconcile', sign: '▸', keys: 'R' },
  { unit: 'settle', sign: '▸▸', keys: 'S' },
  { unit: 'timer', sign: '▸', keys: 'N' },
]
const BACK: readonly StepUnit[] = ['event', 'change', 'reconcile', 'settle', 'timer']

/** The step ladder: each rung says beforehand what it will do. The same ladder backwards is behind the arrow. */
export function StepLadder(): ReactNode {
  const { t } = useTranslation('timeline')
  const backPreviews = useMirror((state) => state.backPreviews)
  const start = useClock((clock) => clock.index <= clock.origin.index, true)
  const hint = (preview: StepPreview | null | undefined): string => (preview == null ? t('nothingBefore') : previewText(preview))
  return (
    <div className={styles['ladder']} role="group" aria-label={t('steps')}>
      <Tooltip text={backPreviews === null ? t('back.change') : `${t('takesBack')} ${hint(backPreviews.change)}`} keys="←">
        <button type="button" className={styles['rung']} disabled={start} onClick={() => session.step('change', true)}>
          ◂ {t('backShort')}
        </button>
      </Tooltip>
      <MenuButton
        label={t('backMore')}
        className={styles['rungMenu'] ?? ''}
        items={BACK.map((unit) => ({
          id: unit,
          label: t(`back.${unit}`),
          ...(unit === 'change' ? { keys: '←' } : unit === 'reconcile' ? { keys: 'Shift+R' } : unit === 'settle' ? { keys: 'Shift+S' } : unit === 'timer' ? { keys: 'Shift+N' } : {}),
          hint: hint(backPreviews?.[unit]),
          disabled: start,
          onChoose: () => session.step(unit, true),
        }))}
      >
        <Icon name="chevronDown" size={11} />
      </MenuButton>
      {FORWARD.map((rung) => (
        <RungButton key={rung.unit} rung={rung} />
      ))}
    </div>
  )
}

function RungButton({ rung }: { readonly rung: Rung }): ReactNode {
  const { t } = useTranslation('timeline')
  const { unit, sign, keys } = rung
  const preview = useMirror((state) => state.previews?.[unit])
  const now = useClock((clock) => clock.at, 0)
  const wait = preview != null && preview.at - now >= 100_000 ? spanText(preview.at - now) : ''
  const words = preview === undefined ? '' : preview === null ? t('nothingAhead') : previewText(preview)
  const full = [t(`step.${unit}`), words, wait === '' ? '' : t('in', { span: wait })].filter((part) => part !== '').join(' · ')
  return (
    <Tooltip text={full} keys={keys}>
      <button type="button" className={styles['rung']} data-unit={unit} disabled={preview === null} aria-label={full} onClick={() => session.step(unit)}>
        <span className={styles['rungName']}>
          {t(`stepShort.${unit}`)} {sign}
        </span>
        {words !== '' && <span className={styles['next']}>{unit === 'timer' && wait !== '' && preview != null ? `${previewText({ ...preview, sentence: null })}, ${wait}` : words}</span>}
      </button>
    </Tooltip>
  )
}
