import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../kit/Button.tsx'
import { IconButton } from '../../kit/IconButton.tsx'
import { useRecord, useUi } from '../../store/hooks.ts'
import { textAt } from '../../kinds/access.ts'
import { ui, updateUi } from '../../store/ui-state.ts'
import { lookInside, rootShell, runInTerminal } from '../select.ts'
import { SentenceBar } from '../SentenceBar.tsx'
import styles from './inside.module.css'
import { NodeInside } from './NodeInside.tsx'
import { PodInside } from './PodInside.tsx'

/** The innermost zoom: a node, or a pod on its node, as the kernel has it. Lies over the page; the timeline stays. */
export function InsideView({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('anatomy')
  const head = useRef<HTMLHeadingElement>(null)
  const section = useRef<HTMLElement>(null)
  const pod = useRecord(objectKey.startsWith('pods/') ? objectKey : null)
  const container = useUi((state) => state.insideContainer)
  useEffect(() => {
    const before = document.activeElement
    // A double click has selected words.
    getSelection()?.removeAllRanges()
    head.current?.focus()
    // What lies below cannot be reached meanwhile.
    const below = [...(section.current?.parentElement?.children ?? [])].filter((one): one is HTMLElement => one instanceof HTMLElement && one !== section.current)
    for (const one of below) one.inert = true
    return () => {
      for (const one of below) one.inert = false
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      const { dialog, paletteOpen } = ui.getState()
      if (event.key !== 'Escape' || dialog !== null || paletteOpen) return
      event.preventDefault()
      event.stopPropagation()
      lookInside(null)
    }
    addEventListener('keydown', leave, true)
    return () => removeEventListener('keydown', leave, true)
  }, [])
  const [, namespace = '', name = ''] = objectKey.split('/')
  const node = objectKey.startsWith('nodes/') ? namespace : textAt(pod, 'spec', 'nodeName')
  const shell = (): void => {
    lookInside(null)
    const inContainer = container === null || container === 'pause' ? '' : ` -c ${container}`
    runInTerminal(objectKey.startsWith('nodes/') ? rootShell(node) : `kubectl exec -it ${name} -n ${namespace}${inContainer} -- sh`)
  }
  return (
    <section ref={section} className={styles['inside']} aria-label={t('title')} data-testid="inside">
      <nav className={styles['crumbs']} aria-label={t('where')}>
        <button type="button" onClick={() => lookInside(null)}>
          {t('cluster')}
        </button>
        <span aria-hidden="true">›</span>
        {node !== '' && objectKey.startsWith('pods/') && (
          <>
            <button type="button" onClick={() => lookInside(`nodes/${node}`)}>
              {node}
            </button>
            <span aria-hidden="true">›</span>
          </>
        )}
        <h2 ref={head} tabIndex={-1} className={container === null ? styles['here'] : undefined}>
          {objectKey.startsWith('nodes/') ? namespace : name}
        </h2>
        {container !== null && (
          <>
            <span aria-hidden="true">›</span>
            <b className={styles['here']}>{container}</b>
          </>
        )}
        <span className={styles['spacer']} />
        <Button small onClick={shell}>
          {t(objectKey.startsWith('nodes/') ? 'nodeShell' : 'shell')}
        </Button>
        <V1Toggle />
        <IconButton small icon="close" label={t('leave')} keys="Esc" onClick={() => lookInside(null)} />
      </nav>
      {objectKey.startsWith('pods/') ? <PodInside objectKey={objectKey} /> : <NodeInside name={namespace} />}
      <SentenceBar />
    </section>
  )
}

/** Shows the files of cgroup v1 beside those of v2. */
function V1Toggle(): ReactNode {
  const { t } = useTranslation('anatomy')
  const on = useUi((state) => state.insideV1)
  return (
    <Button small aria-pressed={on} onClick={() => updateUi((draft) => void (draft.insideV1 = !draft.insideV1))}>
      {t('v1')}
    </Button>
  )
}
