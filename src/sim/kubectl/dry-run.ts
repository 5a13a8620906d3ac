import { formatMicroTime } from '../engine/time.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail } from './failure.ts'

export type DryRun = 'none' | 'client' | 'server'

/** What --dry-run asks for; old spellings are warned about in klog's form. */
export function dryRunOf(ctx: KubectlContext, inv: Invocation): DryRun {
  const value = inv.flags.text('dry-run')
  switch (value) {
    case '':
    case 'none':
      return 'none'
    case 'client':
    case 'server':
      return value
    case 'unchanged':
      klog(ctx, 'helpers.go:719] --dry-run is deprecated and can be replaced with --dry-run=client.')
      return 'client'
    case 'true':
      klog(ctx, 'helpers.go:733] --dry-run=true is deprecated (boolean value) and can be replaced with --dry-run=client.')
      return 'client'
    case 'false':
      klog(ctx, 'helpers.go:736] --dry-run=false is deprecated (boolean value) and can be replaced with --dry-run=none.')
      return 'none'
    default:
      return fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
  }
}

/** A warning of the client's own library: "W0101 00:00:07.000000       1 file.go:1] …". */
export function klog(ctx: KubectlContext, text: string): void {
  line(ctx, 'W', text)
}

export const klogError = (ctx: KubectlContext, text: string): void => line(ctx, 'E', text)

function line(ctx: KubectlContext, level: string, text: string): void {
  const now = formatMicroTime(ctx.now)
  ctx.err(`${level}${now.slice(5, 7)}${now.slice(8, 10)} ${now.slice(11, 26)}       1 ${text}\n`)
}

/** What stands behind an outcome: " (dry run)". */
export const drySuffix = (dryRun: DryRun): string => (dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)')
