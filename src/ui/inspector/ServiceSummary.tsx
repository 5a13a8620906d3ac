import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../workers/protocol.ts'
import { at, listAt, textAt } from '../kinds/access.ts'
import { Glyph } from '../kit/Glyph.tsx'
import { mirror, useKeys, useMirror } from '../store/hooks.ts'
import { select } from '../views/select.ts'
import { Fact, Section, type SummaryProps } from './SummaryParts.tsx'
import styles from './inspector.module.css'

/** A Service or its slices: address, ports, whom it selects, and which endpoints are ready. */
export function ServiceSummary({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const selector = Object.entries((at(object, 'spec', 'selector') ?? {}) as Readonly<Record<string, string>>)
  const ports = object.kind === 'Service' ? listAt(object, 'spec', 'ports') : listAt(object, 'ports')
  return (
    <>
      <dl className={styles['facts']}>
        {object.kind === 'Service' && (
          <>
            <Fact name={t('type')}>{textAt(object, 'spec', 'type') || 'ClusterIP'}</Fact>
            <Fact name="cluster IP">
              <code>{textAt(object, 'spec', 'clusterIP') || '–'}</code>
            </Fact>
            <Fact name={t('selector')}>
              <code>{selector.map(([name, value]) => `${name}=${value}`).join(', ') || '–'}</code>
            </Fact>
          </>
        )}
        <Fact name={t('ports')}>
          <code>{ports.map(portText).join(', ') || '–'}</code>
        </Fact>
      </dl>
      {object.kind === 'Service' ? <Slices service={object} /> : <Endpoints object={object} objectKey={objectKey} />}
    </>
  )
}

function portText(port: unknown): string {
  const [number, target, node] = [textAt(port, 'port'), textAt(port, 'targetPort'), textAt(port, 'nodePort')]
  return `${number}${target !== '' && target !== number ? `→${target}` : ''}${node === '' ? '' : ` (node ${node})`}/${textAt(port, 'protocol') || 'TCP'}`
}

function Slices({ service }: { readonly service: ApiObject }): ReactNode {
  const slices = useKeys('kind', 'EndpointSlice')
  const version = useMirror((state) => state.version)
  const own = useMemo(() => {
    void version
    const { records } = mirror.getState()
    return slices.filter((key) => {
      const slice = records.get(key)
      const labels = (slice?.metadata['labels'] ?? {}) as Readonly<Record<string, string>>
      return slice?.metadata.namespace === service.metadata.namespace && labels['kubernetes.io/service-name'] === service.metadata.name
    })
  }, [slices, service, version])
  return own.map((key) => <Endpoints key={key} object={mirror.getState().records.get(key)} objectKey={key} />)
}

function Endpoints({ object, objectKey }: { readonly object: ApiObject | undefined; readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('inspector')
  if (object === undefined) return null
  const endpoints = listAt(object, 'endpoints')
  return (
    <Section title={`${t('endpoints')} · ${objectKey.split('/').at(-1) ?? ''}`}>
      {endpoints.length === 0 && <p className={styles['note']}>{t('noEndpoints')}</p>}
      <ul className={styles['lines']}>
        {endpoints.map((endpoint) => {
          const address = listAt(endpoint, 'addresses').join(', ')
          const ready = at(endpoint, 'conditions', 'ready') === true
          const ending = at(endpoint, 'conditions', 'terminating') === true
          const pod = textAt(endpoint, 'targetRef', 'name')
          return (
            <li key={address}>
              <button type="button" onClick={() => pod !== '' && select(`pods/${textAt(endpoint, 'targetRef', 'namespace')}/${pod}`)}>
                <Glyph status={ready ? 'ok' : ending ? 'gone' : 'busy'} size={9} />
                <code>{address}</code>
                <span>{t(ready ? 'endpointReady' : ending ? 'endpointEnding' : 'endpointNotReady')}</span>
                <small>{pod}</small>
              </button>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
