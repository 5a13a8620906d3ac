import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { report, say } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { at, listAt, textAt } from '../kinds/access.ts'
import { Button } from '../kit/Button.tsx'
import { mirror } from '../store/hooks.ts'
import styles from './load.module.css'
import { badField, COURSES, loadCommand, loadText, type Chosen, type Course, type Resource, type Target } from './load-text.ts'
import type { SummaryProps } from './SummaryParts.tsx'

const START: Readonly<Record<Resource, Chosen>> = { cpu: { course: 'ramp', fields: COURSES.cpu.ramp }, memory: { course: 'keep', fields: {} } }
const RESOURCES: readonly Resource[] = ['cpu', 'memory']

async function run(argv: readonly string[]): Promise<void> {
  try {
    const { lines } = await session.ask<'kubectl'>({ type: 'kubectl', argv })
    for (const { text, ok } of lines) say(ok ? 'done' : 'bad', text)
  } catch (error) {
    report(error)
  }
}

/** Declares how much a pod's or a workload's containers use, by the annotation or the ConfigMap that a person could write too. */
export function LoadForm({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('anatomy')
  const [resource = '', namespace = 'default', name = ''] = objectKey.split('/')
  const isPod = resource === 'pods'
  const spec = isPod ? at(object, 'spec') : at(object, 'spec', 'template', 'spec')
  const containers = listAt(spec, 'containers').map((container) => textAt(container, 'name'))
  const labels = Object.entries((at(object, 'spec', 'selector', 'matchLabels') ?? {}) as Readonly<Record<string, string>>)
  const [chosen, setChosen] = useState(START)
  const [container, setContainer] = useState<string | null>(null)
  const [target, setTarget] = useState<Target>('pods')
  const targets: readonly Target[] = isPod ? ['pods', 'namespace'] : ['pods', 'template', 'namespace']
  const bad = RESOURCES.map((one) => badField(chosen[one])).find((field) => field !== undefined)
  const onlyConstant = target === 'namespace' && RESOURCES.some((one) => !['constant', 'keep'].includes(chosen[one].course))
  const command = (text: string | undefined): readonly string[] =>
    loadCommand({ resource, name, namespace, selector: labels.map(([key, value]) => `${key}=${value}`).join(','), container: target === 'namespace' ? null : container, target, hasConfigMap: mirror.getState().records.has(`configmaps/${namespace}/load`) }, text, chosen)
  const declared = (): string | undefined => loadText(chosen, mirror.getState().clock?.at ?? 0)
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        void run(command(declared()))
      }}
    >
      <p>{t('load.text')}</p>
      <Choice label={t('load.target')} value={target} options={targets.map((id) => [id, t(`load.targets.${id}`)])} onChange={(id) => setTarget(id as Target)} />
      {containers.length > 1 && target !== 'namespace' && (
        <Choice label={t('load.container')} value={container ?? ''} options={[['', t('load.all')], ...containers.map((one) => [one, one] as const)]} onChange={(id) => setContainer(id === '' ? null : id)} />
      )}
      {RESOURCES.map((one) => (
        <CourseFields key={one} resource={one} chosen={chosen[one]} onChange={(next) => setChosen({ ...chosen, [one]: next })} />
      ))}
      {bad !== undefined && (
        <p role="alert" className={styles['bad']}>
          {t('load.bad', { field: t(`load.fields.${bad}`) })}
        </p>
      )}
      {onlyConstant && <p className={styles['warn']}>{t('load.onlyConstant')}</p>}
      <div className={styles['buttons']}>
        <Button small variant="primary" type="submit" disabled={bad !== undefined || onlyConstant || declared() === undefined}>
          {t('load.set')}
        </Button>
        <Button small onClick={() => void run(command(undefined))}>
          {t('load.clear')}
        </Button>
      </div>
    </form>
  )
}

interface CourseProps {
  readonly resource: Resource
  readonly chosen: Chosen
  onChange(chosen: Chosen): void
}

function CourseFields({ resource, chosen, onChange }: CourseProps): ReactNode {
  const { t } = useTranslation('anatomy')
  const courses = Object.keys(COURSES[resource]) as Course[]
  return (
    <fieldset>
      <legend>{t(`load.${resource}`)}</legend>
      <Choice hidden label={t('load.kind', { what: t(`load.${resource}`) })} value={chosen.course} options={courses.map((id) => [id, t(`load.kinds.${id}`)])} onChange={(id) => onChange({ course: id as Course, fields: COURSES[resource][id as Course] })} />
      {Object.keys(COURSES[resource][chosen.course]).map((field) => (
        <label key={field}>
          <span>{t(`load.fields.${field}`)}</span>
          <input type="text" spellCheck={false} value={chosen.fields[field] ?? ''} onChange={(event) => onChange({ ...chosen, fields: { ...chosen.fields, [field]: event.target.value.trim() } })} />
        </label>
      ))}
    </fieldset>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [id: string, words: string])[]
  readonly hidden?: boolean
  onChange(id: string): void
}

function Choice({ label, value, options, hidden, onChange }: ChoiceProps): ReactNode {
  const id = useId()
  return (
    <div className={styles['choice']}>
      <label htmlFor={id} className={hidden === true ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}
