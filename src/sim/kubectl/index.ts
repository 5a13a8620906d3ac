import type { Verb } from './context.ts'
import { annotateVerb } from './annotate/index.ts'
import { apiResourcesVerb } from './api-resources/index.ts'
import { apiVersionsVerb } from './api-versions/index.ts'
import { applyVerb } from './apply/index.ts'
import { attachVerb } from './attach/index.ts'
import { authVerb } from './auth/index.ts'
import { autoscaleVerb } from './autoscale/index.ts'
import { certificateVerb } from './certificate/index.ts'
import { clusterInfoVerb } from './cluster-info/index.ts'
import { completionVerb } from './completion/index.ts'
import { configVerb } from './config/index.ts'
import { cordonVerb } from './cordon/index.ts'
import { cpVerb } from './cp/index.ts'
import { createVerb } from './create/index.ts'
import { debugVerb } from './debug/index.ts'
import { deleteVerb } from './delete/index.ts'
import { describeVerb } from './describe/index.ts'
import { diffVerb } from './diff/index.ts'
import { drainVerb } from './drain/index.ts'
import { editVerb } from './edit/index.ts'
import { eventsVerb } from './events/index.ts'
import { execVerb } from './exec/index.ts'
import { explainVerb } from './explain/index.ts'
import { exposeVerb } from './expose/index.ts'
import { getVerb } from './get/index.ts'
import { kubercVerb } from './kuberc/index.ts'
import { kustomizeVerb } from './kustomize/index.ts'
import { labelVerb } from './label/index.ts'
import { logsVerb } from './logs/index.ts'
import { patchVerb } from './patch/index.ts'
import { pluginVerb } from './plugin/index.ts'
import { portForwardVerb } from './port-forward/index.ts'
import { proxyVerb } from './proxy/index.ts'
import { replaceVerb } from './replace/index.ts'
import { rolloutVerb } from './rollout/index.ts'
import { runVerb } from './run/index.ts'
import { scaleVerb } from './scale/index.ts'
import { setVerb } from './set/index.ts'
import { taintVerb } from './taint/index.ts'
import { topVerb } from './top/index.ts'
import { uncordonVerb } from './uncordon/index.ts'
import { versionVerb } from './version/index.ts'
import { waitVerb } from './wait/index.ts'

/** All commands, one line each; a folder beside this file has the verb of its name. */
export const verbs: readonly Verb[] = [
  getVerb,
  describeVerb,
  applyVerb,
  createVerb,
  deleteVerb,
  editVerb,
  replaceVerb,
  patchVerb,
  diffVerb,
  kustomizeVerb,
  kubercVerb,
  labelVerb,
  annotateVerb,
  scaleVerb,
  rolloutVerb,
  setVerb,
  runVerb,
  exposeVerb,
  logsVerb,
  execVerb,
  attachVerb,
  portForwardVerb,
  cpVerb,
  debugVerb,
  proxyVerb,
  eventsVerb,
  waitVerb,
  cordonVerb,
  uncordonVerb,
  drainVerb,
  taintVerb,
  explainVerb,
  apiResourcesVerb,
  apiVersionsVerb,
  clusterInfoVerb,
  versionVerb,
  configVerb,
  authVerb,
  certificateVerb,
  autoscaleVerb,
  topVerb,
  completionVerb,
  pluginVerb,
]
