import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { StorageAct, StorageState } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { useAnswer } from '../inspector/use-answer.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { useClock, useMoment } from '../store/hooks.ts'
import { instantText } from '../timeline/format-time.ts'
import styles from './components.module.css'

const DRIVER = 'disk.csi.orrery.dev'
const STORAGE = { type: 'storage', driver: DRIVER } as const
const GI = 2 ** 30

const act = (command: StorageAct): void => session.do({ type: 'storageAct', driver: DRIVER, command })

/** The storage behind the class "standard": how much room each zone has, which calls fail and how, and the last calls. */
export function StorageDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('settings')
  const storage = useAnswer<'storage'>(STORAGE, useMoment())
  return (
    <Dialog title={t('storage.title')} onClose={onClose} wide>
      <div className={styles['panel']}>
        <p className={styles['intro']}>{t('storage.intro', { driver: DRIVER })}</p>
        {storage === null && <p role="status">{t('storage.none')}</p>}
        {storage != null && (
          <>
            <Room pools={storage.pools} />
            <Faults storage={storage} />
            <Calls calls={storage.calls} />
          </>
        )}
      </div>
    </Dialog>
  )
}

function Room({ pools }: Pick<StorageState, 'pools'>): ReactNode {
  const { t } = useTranslation('settings')
  return (
    <section className={styles['group']} aria-label={t('storage.room')}>
      <h3>{t('storage.room')}</h3>
      <ul className={styles['zones']}>
        {pools.map((pool) => (
          <Zone key={`${pool.zone} ${pool.bytes}`} pool={pool} />
        ))}
      </ul>
    </section>
  )
}

function Zone({ pool: { zone, bytes, free } }: { readonly pool: StorageState['pools'][number] }): ReactNode {
  const { t } = useTranslation('settings')
  const [draft, setDraft] = useState(`${bytes / GI}`)
  const wanted = /^\d+$/.test(draft.trim()) && Number(draft) <= 1_000_000 ? Number(draft) * GI : undefined
  return (
    <li>
      <form
        className={styles['value']}
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted !== undefined && wanted !== bytes) act({ act: 'pool', zone, bytes: wanted })
        }}
      >
        <label>
          <code>{zone === '' ? '–' : zone}</code>
          <input className="code-box" type="text" inputMode="numeric" value={draft} aria-label={t('storage.size', { zone })} aria-invalid={wanted === undefined} onChange={(event) => setDraft(event.target.value)} />
          {t('storage.unit')}
        </label>
        <small>{t('storage.free', { free: Math.round((free / GI) * 10) / 10 })}</small>
        {wanted !== undefined && wanted !== bytes && (
          <Button variant="primary" small type="submit">
            {t('storage.set')}
          </Button>
        )}
      </form>
    </li>
  )
}

function Faults({ storage }: { readonly storage: StorageState }): ReactNode {
  const { t } = useTranslation('settings')
  const [method, setMethod] = useState('CreateVolume')
  const [code, setCode] = useState('Unavailable')
  const [desc, setDesc] = useState('the storage system does not answer')
  const [times, setTimes] = useState('')
  const left = times.trim() === '' ? null : /^[1-9]\d*$/.test(times.trim()) ? Number(times) : undefined
  return (
    <section className={styles['group']} aria-label={t('storage.faults')}>
      <h3>{t('storage.faults')}</h3>
      {storage.faults.length === 0 && <p>{t('storage.well')}</p>}
      <ul className={styles['zones']}>
        {storage.faults.map((fault) => (
          <li key={fault.method}>
            <code>{`${fault.method}: code = ${fault.code} desc = ${fault.desc}`}</code> <small>{fault.left === null ? t('storage.always') : t('storage.left', { count: fault.left })}</small>
            <Button small onClick={() => act({ act: 'heal', method: fault.method })} aria-label={t('storage.healOf', { method: fault.method })}>
              {t('storage.heal')}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className={styles['break']}
        onSubmit={(event) => {
          event.preventDefault()
          if (left !== undefined) act({ act: 'fault', method, code, desc, left })
        }}
      >
        <Choose label={t('storage.method')} names={storage.methods} value={method} onChange={setMethod} />
        <Choose label={t('storage.code')} names={storage.codes} value={code} onChange={setCode} />
        <label className={styles['wide']}>
          {t('storage.desc')}
          <input className="code-box" type="text" value={desc} onChange={(event) => setDesc(event.target.value)} />
        </label>
        <label>
          {t('storage.times')}
          <input className="code-box" type="text" inputMode="numeric" value={times} placeholder={t('storage.alwaysWord')} aria-invalid={left === undefined} onChange={(event) => setTimes(event.target.value)} />
        </label>
        <Button type="submit" variant="danger" disabled={left === undefined}>
          {t('storage.break')}
        </Button>
      </form>
    </section>
  )
}

interface ChooseProps {
  readonly label: string
  readonly names: readonly string[]
  readonly value: string
  onChange(name: string): void
}

function Choose({ label, names, value, onChange }: ChooseProps): ReactNode {
  return (
    <label>
      {label}
      <select className="code-box" value={value} onChange={(event) => onChange(event.target.value)}>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

function Calls({ calls }: Pick<StorageState, 'calls'>): ReactNode {
  const { t } = useTranslation('settings')
  const origin = useClock((clock) => clock.origin.at, 0)
  return (
    <section className={styles['group']} aria-label={t('storage.calls')}>
      <h3>{t('storage.calls')}</h3>
      {calls.length === 0 ? (
        <p>{t('storage.noCalls')}</p>
      ) : (
        <div className={styles['calls']} tabIndex={0} role="region" aria-label={t('storage.calls')}>
          <table>
            <tbody>
              {calls.map((call, i) => (
                // Calls have no names; their order is all there is.
                // oxlint-disable-next-line react/no-array-index-key
                <tr key={i} data-bad={call.code === 'OK' ? undefined : ''}>
                  <td>{instantText(call.at - origin)}</td>
                  <td>{call.from}</td>
                  <td>{call.method}</td>
                  <td>{call.about}</td>
                  <td>{call.code}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
