import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttemptState } from '../../../workers/protocol.ts'
import { join } from '../../kit/join.ts'
import styles from './control-plane.module.css'
import { pluginWords } from './plugin-words.ts'
import { filterCells } from './verdict.ts'

const MARK = { passed: '✓', refused: '✕', unasked: '·' } as const

interface FilterTableProps {
  readonly attempt: AttemptState
  readonly nodes: AttemptState['nodes']
}

/** Nodes by filters, in the order in which the filters are asked. */
export function FilterTable({ attempt, nodes }: FilterTableProps): ReactNode {
  const { t } = useTranslation('loops')
  const words = { passed: t('cell.passed'), refused: t('cell.refused'), unasked: t('cell.unasked') }
  const fits = t('fits')
  return (
    <table className={join(styles['verdicts'], styles['filters'])}>
      <thead>
        <tr>
          <th scope="col">{t('node')}</th>
          {attempt.filters.map((plugin) => (
            <th key={plugin} scope="col" className={styles['upright']} title={plugin}>
              <span>{pluginWords(plugin)}</span>
            </th>
          ))}
          <th scope="col">{t('verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map(({ node, rejectedBy, reasons }) => (
          <tr key={node} data-chosen={node === attempt.chosen ? '' : undefined}>
            <th scope="row">{node}</th>
            {filterCells(attempt.filters, rejectedBy).map((cell, i) => (
              <td key={attempt.filters[i]} data-cell={cell} title={`${attempt.filters[i]}: ${words[cell]}`}>
                <span aria-hidden="true">{MARK[cell]}</span>
                <span className="visually-hidden">{words[cell]}</span>
              </td>
            ))}
            <td className={rejectedBy === null ? styles['passed'] : styles['refused']}>{rejectedBy === null ? `${fits}${node === attempt.chosen ? ` · ${t('chosen')}` : ''}` : `${attempt.former ? `${rejectedBy}: ` : ''}${reasons.join(', ')}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
