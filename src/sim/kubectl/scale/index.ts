export { scaleVerb } from './scale.ts'
