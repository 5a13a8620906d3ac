export { deleteVerb } from './delete.ts'
