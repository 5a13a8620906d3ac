import type { DockerfileStage, DockerfileStep, DockerfileView } from '../../../workers/protocol-anatomy.ts'
import { layersOf, parseDockerfile, type BaseImage, type BuildContext, type BuildPlan, type BuildStage } from '../../images/dockerfile/index.ts'
import { LOCAL, type Registry } from '../../images/registry.ts'
import { layerId } from '../../node/kubelet/puller.ts'
import type { KubeletWorld } from '../../node/kubelet/world.ts'
import { layerDigest } from './layers.ts'

/** What is looked at: the text, the files beside it, and the text that was built before, whose layers are still in the cache. */
export interface DockerfileQuestion {
  readonly text: string
  readonly context: BuildContext
  readonly before: string | null
}

const MOST_CONFIG = 400

/** What each instruction of a Dockerfile makes: a layer, a field of the configuration, or nothing; what the cache has; which nodes have the base. */
export function dockerfileView(registry: Registry, world: KubeletWorld | undefined, { text, context, before }: DockerfileQuestion): DockerfileView {
  const resolve = (name: string): BaseImage | undefined => {
    const found = registry.resolve(name, [LOCAL])
    return found.found ? { reference: found.reference, digest: found.digest, layers: found.layers, config: found.image.config ?? {} } : undefined
  }
  const parsed = parseDockerfile(text)
  const plan = layersOf(parsed, { resolve, context })
  const cached = before === null ? new Set<string>() : new Set(layersOf(parseDockerfile(before), { resolve, context }).stages.flatMap(({ steps }) => steps.map(({ key }) => key)))
  const place = ({ line, message }: { line: number; message: string }): DockerfileView['faults'][number] => ({ line, message })
  return {
    faults: (parsed.faults.length > 0 ? parsed.faults : plan.faults).map(place),
    warnings: parsed.warnings.map(place),
    stages: plan.stages.map((stage) => stageOf(plan, stage, cached, before !== null, registry, world)),
    config: configText(plan),
  }
}

function stageOf(plan: BuildPlan, stage: BuildStage, cached: ReadonlySet<string>, wasBuilt: boolean, registry: Registry, world: KubeletWorld | undefined): DockerfileStage {
  const steps = stage.steps.map(({ instruction, makes, field, value, size, key }, i): DockerfileStep => ({
    line: instruction.line, endLine: instruction.endLine, keyword: instruction.keyword, text: instruction.text, makes,
    field: field ?? null, value: value ?? null, bytes: size ?? null, key,
    cached: wasBuilt ? stage.steps.slice(0, i + 1).every((step) => cached.has(step.key)) : null,
  }))
  const base = typeof stage.base === 'object' && 'layers' in stage.base ? stage.base : undefined
  return { name: stage.name, index: stage.index, needed: stage.needed, isTarget: stage.index === plan.target, steps, baseLayers: base ? baseLayers(base, registry, world) : [] }
}

/** The layers that a base brings, with the nodes that have them already: those need not be pulled again. */
function baseLayers(base: BaseImage, registry: Registry, world: KubeletWorld | undefined): DockerfileStage['baseLayers'] {
  const found = registry.resolve(base.reference, [LOCAL])
  if (!found.found) return []
  return base.layers.map((bytes) => {
    const id = layerId(found, bytes)
    return { digest: layerDigest(id), bytes, nodes: world ? world.nodes.keys().filter((name) => world.nodes.get(name)!.layers.includes(id)) : [] }
  })
}

/** The configuration of the finished image, field by field. */
function configText(plan: BuildPlan): DockerfileView['config'] {
  const config = plan.stages[plan.target]?.steps.at(-1)?.config ?? {}
  return Object.keys(config).sort().map((name) => [name, JSON.stringify((config as Readonly<Record<string, unknown>>)[name]).slice(0, MOST_CONFIG)] as const)
}
