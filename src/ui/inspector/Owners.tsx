import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../workers/protocol.ts'
import { controllerOf, shortName } from '../kinds/access.ts'
import { keyByUid } from '../kinds/revision.ts'
import { useMirrorShallow } from '../store/hooks.ts'
import type { Mirror } from '../store/mirror.ts'
import { select } from '../views/select.ts'
import styles from './inspector.module.css'

/** The chain of owners as a path, the topmost first. */
export function Owners({ object }: { readonly object: ApiObject }): ReactNode {
  const { t } = useTranslation('inspector')
  const chain = useMirrorShallow((state) => ownerKeys(state, object))
  if (chain.length === 0) return null
  return (
    <nav className={styles['owners']} aria-label={t('owners')}>
      {chain.map((key) => (
        <span key={key}>
          <button type="button" onClick={() => select(key)}>
            {shortName(key.split('/').at(-1) ?? key, 26)}
          </button>
          <span aria-hidden="true"> ▸ </span>
        </span>
      ))}
    </nav>
  )
}

function ownerKeys(state: Mirror, object: ApiObject): readonly string[] {
  const keys: string[] = []
  let owner = controllerOf(object)
  for (let depth = 0; owner !== undefined && depth < 6; depth++) {
    const key = keyByUid(state, owner.uid)
    const record = key === undefined ? undefined : state.records.get(key)
    if (key === undefined || record === undefined) break
    keys.unshift(key)
    owner = controllerOf(record)
  }
  return keys
}
