import { describe, expect, it } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { podKind } from './index.ts'

const META = { name: 'p', namespace: 't', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
const made = (spec: object = {}, metadata: object = {}): Pod =>
  podKind.prepareCreate(podKind.defaults({ apiVersion: 'v1', kind: 'Pod', metadata: { ...META, ...metadata }, spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...spec } } as unknown as Pod))
const texts = (errors: readonly { readonly field: string; readonly body: string }[]): readonly string[] => errors.map((e) => `${e.field}: ${e.body}`)

describe('a new pod', () => {
  it('gets requirements for its label keys, for which it is still valid', () => {
    const pod = made({
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['rev', 'none'] }],
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: {}, mismatchLabelKeys: ['rev'] }] } },
    }, { labels: { app: 'a', rev: '7' } })
    expect(pod.spec.topologySpreadConstraints![0]!.labelSelector!.matchExpressions).toEqual([{ key: 'rev', operator: 'In', values: ['7'] }])
    expect(pod.spec.affinity!.podAntiAffinity!.requiredDuringSchedulingIgnoredDuringExecution![0]!.labelSelector!.matchExpressions).toEqual([{ key: 'rev', operator: 'NotIn', values: ['7'] }])
    expect(podKind.validateCreate(pod)).toEqual([])
  })

  it('may not select by a label key itself', () => {
    const pod = made({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { rev: '7' } }, matchLabelKeys: ['rev'] }] }, { labels: { rev: '7' } })
    expect(texts(podKind.validateCreate(pod))).toEqual(['spec.topologySpreadConstraints[0][0]: Invalid value: "rev": exists in both matchLabelKeys and labelSelector'])
  })

  it('turns AppArmor annotations into fields and is warned', () => {
    const pod = made({}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/p1' } })
    expect(pod.spec.containers[0]!.securityContext).toEqual({ appArmorProfile: { type: 'Localhost', localhostProfile: 'p1' } })
    expect(podKind.warnings!(pod)).toEqual(['metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead'])
  })
})

describe('an update of a pod', () => {
  const old = made({})
  it('may change the image', () => {
    const next = podKind.prepareUpdate({ ...old, spec: { ...old.spec, containers: [{ ...old.spec.containers[0]!, image: 'nginx:2' }] } }, old)
    expect(podKind.validateUpdate(next, old)).toEqual([])
    expect(next.metadata.generation).toBe(2)
  })

  it('is shown the difference of anything else', () => {
    const [error] = podKind.validateUpdate({ ...old, spec: { ...old.spec, hostname: 'h' } }, old)
    expect(error!.body).toContain('pod updates may not change fields other than')
    expect(error!.body).toMatch(/\n- "Hostname": "",\n\+ "Hostname": "h",\n/)
  })
})

describe('pods/resize', () => {
  const rules = podKind.updatesThrough!['resize']!
  const resources = (cpu: string, extra: object = {}): object => ({ containers: [{ name: 'c', image: 'nginx:1', resources: { requests: { cpu, ...extra } } }] })
  const old = made(resources('100m'))
  const resized = (spec: object): Pod => rules.prepareUpdate({ ...old, spec: podKind.defaults({ ...old, spec: spec as Pod['spec'] }).spec }, old)

  it('changes CPU and memory, and nothing else comes through', () => {
    const next = resized({ ...resources('200m'), hostname: 'ignored' })
    expect(next.spec.containers[0]!.resources).toEqual({ requests: { cpu: '200m' } })
    expect(next.spec.hostname).toBeUndefined()
    expect(next.metadata.generation).toBe(2)
    expect(rules.validateUpdate(next, old)).toEqual([])
  })

  it.each([
    [{ containers: [{ name: 'c', image: 'nginx:1' }] }, ['spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing', 'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed']],
    [resources('100m', { 'example.com/gpu': '1' }), ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources', 'spec: Forbidden: only cpu and memory resources are mutable']],
    [{ containers: [{ name: 'd', image: 'nginx:1', resources: { requests: { cpu: '100m' } } }] }, ['spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize']],
    [{ containers: [] }, ['spec.containers: Required value', 'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing', 'spec.containers: Forbidden: containers may not be added or removed on resize']],
  ])('refuses %j', (spec, words) => {
    expect(texts(rules.validateUpdate(resized(spec), old))).toEqual(words)
  })
})

describe('pods/ephemeralcontainers', () => {
  const rules = podKind.updatesThrough!['ephemeralcontainers']!
  const old = made({})
  const withOnes = (...list: readonly object[]): Pod => rules.prepareUpdate({ ...old, spec: podKind.defaults({ ...old, spec: { ...old.spec, ephemeralContainers: list } as unknown as Pod['spec'] }).spec }, old)

  it('adds containers that are no part of the workload', () => {
    expect(rules.validateUpdate(withOnes({ name: 'd', image: 'busybox', targetContainerName: 'c' }), old)).toEqual([])
    expect(texts(rules.validateUpdate(withOnes({ name: 'd', image: 'busybox', ports: [{ containerPort: 80 }] }), old))).toEqual(['spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container'])
  })

  it('never takes one away', () => {
    const had = withOnes({ name: 'd', image: 'busybox' })
    expect(texts(rules.validateUpdate(rules.prepareUpdate(old, had), had))).toEqual(['spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n'])
  })
})

describe('profiles in annotations', () => {
  const seccomp = (text: string, spec: object = {}): readonly string[] => texts(podKind.validateCreate(made(spec, { annotations: { 'container.seccomp.security.alpha.kubernetes.io/c': text } })))

  it('are known ones', () => {
    expect(seccomp('docker/default')).toEqual([])
    expect(seccomp('nonsense')).toEqual(['metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: "nonsense": must be a valid seccomp profile'])
  })

  it('agree with the fields', () => {
    const spec = { containers: [{ name: 'c', image: 'nginx:1', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'a' } } }] }
    expect(seccomp('localhost/a', spec)).toEqual([])
    expect(seccomp('localhost/b', spec)).toEqual(['spec.containers[0].securityContext.seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match'])
  })

  it('name containers that are there, and stay', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/x'
    expect(texts(podKind.validateCreate(made({}, { annotations: { [key]: 'unconfined' } })))).toEqual([`metadata.annotations[${key}]: Invalid value: "x": container not found`])
    const old = made()
    const next = { ...old, metadata: { ...old.metadata, annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' } } }
    expect(texts(podKind.validateUpdate(next, old))).toEqual(['metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Forbidden: may not add AppArmor annotations'])
  })
})

describe('the status of a pod', () => {
  const old = made({ restartPolicy: 'OnFailure', initContainers: [{ name: 'i', image: 'x' }] })
  const status = (next: object, was: object = {}, pod: Pod = old): readonly string[] =>
    texts(podKind.validateStatusUpdate!({ ...pod, status: { ...next, qosClass: pod.status?.qosClass } } as Pod, { ...pod, status: { ...was, qosClass: pod.status?.qosClass } } as Pod))
  const ended = (exitCode: number): object => ({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode } } }] })
  const running = { containerStatuses: [{ name: 'c', state: { running: {} } }] }

  it('lets what failed run again, not what succeeded', () => {
    expect(status(running, ended(1))).toEqual([])
    expect(status(running, ended(0))).toEqual(['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'])
  })

  it('speaks of claims, devices and users as the spec has them', () => {
    expect(status({ resourceClaimStatuses: [{ name: 'gpu' }] })).toEqual(['status.resourceClaimStatuses[0].name: Invalid value: "gpu": must match the name of an entry in `spec.resourceClaims`'])
    expect(status({ containerStatuses: [{ name: 'c', allocatedResourcesStatus: [{ name: 'example.com/gpu', resources: [{ resourceID: 'a', health: 'Fine' }] }], user: { linux: { uid: -1, gid: 0 } } }] })).toEqual([
      'status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "example.com/gpu": must match one of the container\'s resource requests',
      'status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: "Fine": supported values: "Healthy", "Unhealthy", "Unknown"',
    ])
  })
})
