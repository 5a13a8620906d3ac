export { setVerb } from './set.ts'
