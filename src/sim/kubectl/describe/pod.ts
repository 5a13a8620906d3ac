import type { Container } from '../../api/container.ts'
import { humanDuration } from '../../api/human-duration.ts'
import { controllerOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { ContainerState, ContainerStatus } from '../../api/pod-status.ts'
import { parseTime } from '../../engine/time.ts'
import { containerText } from '../describe-container.ts'
import { mapLines, tolerationLines, volumesText } from '../template-text.ts'
import type { Describer } from './generic.ts'
import { annotationLines, dateText, labelLines } from './texts.ts'
import { formatLabelSelector } from '../../api/labels.ts'

/** kubectl: describe.go, PodDescriber. */
export const describePod: Describer = (ctx, object) => {
  const pod = object as Pod
  const { metadata, spec, status } = pod
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\n`
  if (spec.priority !== undefined) t += `Priority:\t${spec.priority}\n`
  if (spec.priorityClassName) t += `Priority Class Name:\t${spec.priorityClassName}\n`
  if (spec.runtimeClassName) t += `Runtime Class Name:\t${spec.runtimeClassName}\n`
  if (spec.serviceAccountName) t += `Service Account:\t${spec.serviceAccountName}\n`
  t += `Node:\t${spec.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}\n`
  if (status?.startTime) t += `Start Time:\t${dateText(status.startTime)}\n`
  t += labelLines(metadata) + annotationLines(metadata)
  if (metadata.deletionTimestamp && status?.phase !== 'Failed' && status?.phase !== 'Succeeded') {
    t += `Status:\tTerminating (lasts ${humanDuration(ctx.now - (parseTime(metadata.deletionTimestamp) ?? 0))})\nTermination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s\n`
  } else t += `Status:\t${status?.phase ?? ''}\n`
  if (status?.reason) t += `Reason:\t${status.reason}\n`
  if (status?.message) t += `Message:\t${status.message}\n`
  t += `IP:\t${status?.podIP ?? ''}\n`
  t += status?.podIPs?.length ? `IPs:\n${status.podIPs.map((i) => `  IP:\t${i.ip ?? ''}\n`).join('')}` : 'IPs:\t<none>\n'
  const owner = controllerOf(object)
  if (owner) t += `Controlled By:\t${owner.kind}/${owner.name}\n`
  if (status?.nominatedNodeName) t += `NominatedNodeName:\t${status.nominatedNodeName}\n`
  if (spec.initContainers?.length) t += containers('Init Containers', spec.initContainers, status?.initContainerStatuses)
  t += containers('Containers', spec.containers, status?.containerStatuses)
  if (spec.readinessGates?.length) t += gates(pod)
  if (status?.conditions?.length) t += `Conditions:\n  Type\tStatus\n${status.conditions.map((c) => `  ${c.type} \t${c.status} \n`).join('')}`
  t += volumesText(spec.volumes, '').replace(/^ (?=\S.*:$)/gm, '  ')
  if (status?.qosClass) t += `QoS Class:\t${status.qosClass}\n`
  t += mapLines('', 'Node-Selectors', spec.nodeSelector, '=') + tolerationLines('', spec.tolerations)
  const spread = spec.topologySpreadConstraints ?? []
  t += spread
    .map((c, i) => `${i === 0 ? 'Topology Spread Constraints:' : ''}\t${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${c.labelSelector ? ` for selector ${formatLabelSelector(c.labelSelector)}` : ''}\n`)
    .join('')
  return { text: t, events: true }
}

function gates({ spec, status }: Pod): string {
  const rows = spec.readinessGates!.map((g) => `  ${g.conditionType}\t${status?.conditions?.find((c) => c.type === g.conditionType)?.status ?? '<none>'} \n`)
  return `Readiness Gates:\n  Type\tStatus\n${rows.join('')}`
}

function containers(title: string, list: readonly Container[], statuses: readonly ContainerStatus[] | undefined): string {
  return `${title}:\n${list
    .map((c) => {
      const status = statuses?.find((s) => s.name === c.name)
      return containerText('  ', c, status && { ids: `    Container ID:\t${status.containerID ?? ''}\n`, imageId: `    Image ID:\t${status.imageID ?? ''}\n`, state: stateText(status) })
    })
    .join('')}`
}

function stateText(s: ContainerStatus): string {
  let t = oneState('State', s.state)
  if (s.lastState?.terminated) t += oneState('Last State', s.lastState)
  return `${t}    Ready:\t${s.ready ? 'True' : 'False'}\n    Restart Count:\t${s.restartCount}\n`
}

/** A moment as Go prints it, the zero one too (describe.go: describeStatus, Time.Format(RFC1123Z)). */
const momentText = (at: string | null | undefined): string => (at ? dateText(at) : 'Mon, 01 Jan 0001 00:00:00 +0000')

function oneState(title: string, state: ContainerState | undefined): string {
  if (state?.running) return `    ${title}:\tRunning\n      Started:\t${momentText(state.running.startedAt)}\n`
  if (state?.terminated) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated
    return `    ${title}:\tTerminated\n${reason ? `      Reason:\t${reason}\n` : ''}${message ? `      Message:\t${message}\n` : ''}      Exit Code:\t${exitCode}\n${signal ? `      Signal:\t${signal}\n` : ''}      Started:\t${momentText(startedAt)}\n      Finished:\t${momentText(finishedAt)}\n`
  }
  const reason = state?.waiting?.reason
  return `    ${title}:\tWaiting\n${reason ? `      Reason:\t${reason}\n` : ''}`
}

