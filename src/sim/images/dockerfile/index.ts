export { expandWord, parseDockerfile, type Dockerfile, type DockerfileFault, type Instruction, type Keyword } from './parse.ts'
export { layersOf, matching, type BaseImage, type BuildContext, type BuildPlan, type BuildStage, type BuildStep, type PlanOptions } from './plan.ts'
