import type { Verb } from './context.ts'
import { annotateVerb } from './annotate/index.ts'
import { applyVerb } from './apply/index.ts'
import { createVerb } from './create/index.ts'
import { deleteVerb } from './delete/index.ts'
import { describeVerb } from './describe/index.ts'
import { getVerb } from './get/index.ts'
import { labelVerb } from './label/index.ts'
import { patchVerb } from './patch/index.ts'
import { replaceVerb } from './replace/index.ts'
import { rolloutVerb } from './rollout/index.ts'
import { scaleVerb } from './scale/index.ts'
import { setVerb } from './set/index.ts'

/** All commands, one line each; a folder beside this file has the verb of its name. */
export const verbs: readonly Verb[] = [
  getVerb,
  describeVerb,
  applyVerb,
  createVerb,
  deleteVerb,
  replaceVerb,
  patchVerb,
  labelVerb,
  annotateVerb,
  scaleVerb,
  rolloutVerb,
  setVerb,
]
