export { applyVerb } from './apply.ts'
