export { rolloutVerb } from './rollout.ts'
