import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PodAnatomy } from '../../../workers/protocol.ts'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { useAnswer } from '../../inspector/use-answer.ts'
import { useMoment, useUi } from '../../store/hooks.ts'
import { updateUi } from '../../store/ui-state.ts'
import { CgroupPanel } from './CgroupPanel.tsx'
import styles from './inside.module.css'
import { NamespaceBands } from './NamespaceBands.tsx'
import { ProcessPanel } from './ProcessPanel.tsx'
import { RootFs } from './RootFs.tsx'
import { UsageBars } from './UsageBars.tsx'

/** A pod on its node: processes at the left, namespaces and files in the middle, cgroups with their numbers at the right. */
export function PodInside({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('anatomy')
  const moment = useMoment()
  const query = useMemo(() => ({ type: 'podAnatomy' as const, key: objectKey }), [objectKey])
  const anatomy = useAnswer<'podAnatomy'>(query, moment)
  const chosen = useUi((state) => state.insideContainer)
  if (anatomy === undefined) return <div className={styles['columns']} />
  if (anatomy === null) return <EmptyState title={t('nothing')}>{t('nothingHint')}</EmptyState>
  const container = shownContainer(anatomy, chosen)
  const choose = (name: string | null): void => updateUi((draft) => void (draft.insideContainer = name))
  return (
    <div className={styles['columns']}>
      <section className={styles['left']} tabIndex={0} aria-label={t('processes', { node: anatomy.node })}>
        <ProcessPanel anatomy={anatomy} chosen={chosen} onChoose={choose} />
      </section>
      <section className={styles['middle']} tabIndex={0} aria-label={t('namespaces')}>
        <NamespaceBands anatomy={anatomy} chosen={container?.name ?? null} onChoose={choose} />
        {container !== undefined && <RootFs container={container} />}
      </section>
      <section className={styles['right']} tabIndex={0} aria-label={t('cgroups')}>
        <CgroupPanel cgroups={anatomy.cgroups} chosen={chosen ?? container?.name ?? ''} onChoose={choose} fallback={container?.name ?? ''}>
          {container?.usage != null && <UsageBars usage={container.usage} />}
        </CgroupPanel>
      </section>
    </div>
  )
}

/** The chosen container, else the first one that runs. */
const shownContainer = ({ containers }: PodAnatomy, chosen: string | null): PodAnatomy['containers'][number] | undefined =>
  containers.find(({ name }) => name === chosen) ?? containers.find(({ state, role }) => state === 'running' && role === 'app') ?? containers[0]
