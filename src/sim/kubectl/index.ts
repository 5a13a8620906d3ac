import type { Verb } from './context.ts'
import { applyVerb } from './apply/index.ts'
import { createVerb } from './create/index.ts'
import { deleteVerb } from './delete/index.ts'
import { getVerb } from './get/index.ts'

/** All commands, one line each; a folder beside this file has the verb of its name. */
export const verbs: readonly Verb[] = [getVerb, applyVerb, createVerb, deleteVerb]
