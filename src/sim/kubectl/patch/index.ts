export { patchVerb } from './patch.ts'
