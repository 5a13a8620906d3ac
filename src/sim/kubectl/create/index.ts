export { createVerb } from './create.ts'
