import { escapeHtml } from './field.ts'
import { goInternal } from './go-internal.ts'
import { unifiedDiff } from './unified-diff.ts'

const pretty = (struct: string, value: unknown, fresh: boolean): string => escapeHtml(JSON.stringify(goInternal(struct, value, fresh), null, 1))

/** apimachinery: util/diff, Diff of a stored and a sent value as the internal struct that they convert to, e.g. "core.PodSpec". */
export const goDiff = (struct: string, before: unknown, after: unknown): string => unifiedDiff(pretty(struct, before, false), pretty(struct, after, true))
