import type { Node } from '@xyflow/react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { session } from '../../connection/session.ts'
import { useKeys } from '../../store/hooks.ts'
import styles from './cluster.module.css'

export type HeadingNode = Node<Record<string, never>, 'heading'>

/** The small heading above the machines. */
export function Heading(): ReactNode {
  const { t } = useTranslation('views')
  const nodes = useKeys('kind', 'Node').length
  const pods = useKeys('kind', 'Pod').length
  return (
    <div className={styles['heading']}>
      {t('nodesHeading')} <span>{t('nodesCount', { nodes, pods })}</span>
      <button type="button" title={t('addNodeHint')} onClick={() => session.node('add', '')}>
        + {t('addNode')}
      </button>
    </div>
  )
}
