import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../workers/protocol.ts'
import { Button } from '../kit/Button.tsx'
import { lookInside } from '../views/select.ts'
import styles from './inspector.module.css'

/** What every summary is given: the object and its record key. */
export interface SummaryProps {
  readonly objectKey: string
  readonly object: ApiObject
}

/** One row of a list of facts. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** A part of a summary with its heading. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section>
      <h3 className={styles['section']}>{title}</h3>
      {children}
    </section>
  )
}

/** Leads to the inside of a node or pod. */
export function LookInside({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('anatomy')
  return (
    <p className={styles['actions']}>
      <Button small title={t('lookInsideHint')} onClick={() => lookInside(objectKey)}>
        {t('lookInside')}
      </Button>
    </p>
  )
}
