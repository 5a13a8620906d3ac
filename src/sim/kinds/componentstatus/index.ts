import type { KubeObject } from '../../api/meta.ts'
import { defineKind, nameColumn, textColumn } from '../define.ts'

/** The health of one part of the control plane, asked for when somebody looks. */
export interface ComponentStatus extends KubeObject {
  readonly conditions: readonly { readonly type: 'Healthy'; readonly status: 'True' | 'False'; readonly message: string; readonly error?: string }[]
}

const healthy = ({ conditions }: ComponentStatus) => conditions.find(({ type }) => type === 'Healthy')

/** v1 ComponentStatus: read only and never stored (registry/core/componentstatus: rest.go; printers/internalversion: printComponentStatus). */
export const componentStatusKind = defineKind<ComponentStatus>('', 'v1', 'ComponentStatus', {
  columns: [
    nameColumn,
    textColumn('Status', (c) => (healthy(c)?.status === 'True' ? 'Healthy' : 'Unhealthy')),
    textColumn('Message', (c) => healthy(c)?.message ?? ''),
    textColumn('Error', (c) => healthy(c)?.error ?? ''),
  ],
})
