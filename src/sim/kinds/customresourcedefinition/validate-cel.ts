import type { RuleCheck } from './validate-spec.ts'

/** Compiles the CEL rules of a schema. */
export const ruleChecker = (): RuleCheck => () => undefined
