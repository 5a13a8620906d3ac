import { memo, useMemo, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../workers/protocol.ts'
import { askWhy } from '../views/select.ts'
import styles from './inspector.module.css'
import type { SummaryProps } from './SummaryParts.tsx'
import { changedPaths, yamlLines, type YamlLine } from './yaml-lines.ts'

/** The object as YAML, live. Fields that the last write changed are marked; every line can be asked why. */
export function YamlTab({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('inspector')
  const before = usePrevious(objectKey, object)
  const lines = useMemo(() => yamlLines(object), [object])
  const changed = useMemo(() => (before === undefined ? new Set<string>() : changedPaths(before, object)), [before, object])
  return (
    <div className={styles['yaml']} role="list" aria-label={t('tabs.yaml')}>
      {lines.map((line, at) => (
        <Line key={`${line.path}#${String(at)}`} line={line} changed={changed.has(line.path)} objectKey={objectKey} label={t('whyOf', { field: line.path })} />
      ))}
    </div>
  )
}

interface LineProps {
  readonly line: YamlLine
  readonly changed: boolean
  readonly objectKey: string
  readonly label: string
}

const Line = memo(
  function Line({ line, changed, objectKey, label }: LineProps): ReactNode {
    const { indent, dash, key, value, path } = line
    return (
      <div role="listitem" data-changed={changed ? '' : undefined} data-path={path}>
        <span className={styles['code']} style={{ paddingLeft: `${(dash && key !== null ? indent - 1 : indent) * 2}ch` }}>
          {dash && '- '}
          {key !== null && (
            <>
              <span className={styles['key']}>{key}</span>:{' '}
            </>
          )}
          {value !== null && <span className={/^[\d.]+$/.test(value) ? styles['number'] : styles['string']}>{value}</span>}
        </span>
        <button type="button" className={styles['ask']} aria-label={label} title={label} onClick={() => askWhy(objectKey, path)}>
          ?
        </button>
      </div>
    )
  },
  (a, b) => a.changed === b.changed && a.label === b.label && a.objectKey === b.objectKey && a.line.path === b.line.path && a.line.value === b.line.value && a.line.indent === b.line.indent && a.line.dash === b.line.dash,
)

/** The version of the object that was shown before this one. */
function usePrevious(key: string, object: ApiObject): ApiObject | undefined {
  const memory = useRef<{ key: string; now: ApiObject; before: ApiObject | undefined }>({ key, now: object, before: undefined })
  if (memory.current.key !== key) memory.current = { key, now: object, before: undefined }
  else if (memory.current.now !== object) memory.current = { key, now: object, before: memory.current.now }
  return memory.current.before
}
