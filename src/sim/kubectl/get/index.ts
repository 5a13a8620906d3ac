export { getVerb } from './get.ts'
