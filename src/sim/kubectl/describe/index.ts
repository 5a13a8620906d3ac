export { describeVerb } from './describe.ts'
