import type { Verb } from './context.ts'
import { getVerb } from './get/index.ts'

/** All commands, one line each; a folder beside this file has the verb of its name. */
export const verbs: readonly Verb[] = [getVerb]
