import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../../store/hooks.ts'
import { UNSCHEDULED } from '../../store/indexes.ts'
import { updateUi } from '../../store/ui-state.ts'

const MOST = 200

/** Whose decision is shown: those who wait come first; of a crowd the beginning. */
export const PodSelect = memo(function PodSelect({ pod }: { readonly pod: string }): ReactNode {
  const { t } = useTranslation('loops')
  const pods = useKeys('kind', 'Pod')
  const waiting = useKeys('node', UNSCHEDULED)
  const offered = [...new Set([...waiting.slice(0, MOST), pod, ...pods.slice(0, MOST)])]
  return (
    <label>
      <span className="visually-hidden">{t('pod')}</span>
      <select value={pod} onChange={(event) => updateUi((draft) => void (draft.attemptPod = event.target.value))}>
        {offered.map((key) => (
          <option key={key} value={key}>
            {key.slice('pods/'.length)}
          </option>
        ))}
        {pods.length > offered.length && <option disabled>{t('more', { count: pods.length - offered.length })}</option>}
      </select>
    </label>
  )
})
