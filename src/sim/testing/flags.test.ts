import { describe, expect, test } from 'vitest'
import { createCluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'
import { ALL_FLAGS, idOf, problemOf } from '../flags/index.ts'
import { API_SERVER_PROOFS } from './flag-proofs/apiserver.ts'
import { EVICTION_PROOFS } from './flag-proofs/kubelet-eviction.ts'
import { KUBELET_PROOFS } from './flag-proofs/kubelet.ts'
import { CONTROLLER_MANAGER_PROOFS } from './flag-proofs/controller-manager.ts'
import { maker, until, readyOf } from './flag-proofs/proof.ts'

const PROOFS = [...API_SERVER_PROOFS, ...CONTROLLER_MANAGER_PROOFS, ...KUBELET_PROOFS, ...EVICTION_PROOFS]

test('every setting that is offered has a proof that it acts', () => {
  expect(ALL_FLAGS.map(idOf).sort()).toEqual(PROOFS.map(({ id }) => id).sort())
})

describe.each(PROOFS)('$id', ({ id, value, before, after, measure }) => {
  test(`as by default`, () => expect(measure(maker({}))).toEqual(before))
  test(`set to ${value}`, () => expect(measure(maker({ [id]: value }))).toEqual(after))
})

describe('a change on the way', () => {
  const GRACE = 'kube-controller-manager.node-monitor-grace-period'

  test('is a command: it acts from then on, is undone, and stands in the list of what differs', () => {
    const cluster = createCluster({ seed: 3, nodes: 2, bare: true })
    cluster.boot()
    const hash = cluster.engine.hash()
    cluster.flags.set(cluster.timeline, GRACE, '20s')
    expect(cluster.flags.list().filter(({ text, initial }) => text !== initial)).toMatchObject([{ id: GRACE, text: '20s', initial: '50s' }])
    cluster.runFor(seconds(30))
    cluster.crashNode('node-2')
    expect(until(cluster, () => readyOf(cluster, 'node-2') === 'Unknown')).toBeLessThan(31)
    cluster.timeline.seek(cluster.origin.index)
    expect(cluster.engine.hash()).toBe(hash)
    expect(cluster.flags.list().filter(({ text, initial }) => text !== initial)).toEqual([])
  })

  test('restarts the controllers, which find their work again', () => {
    const cluster = createCluster({ seed: 3, nodes: 2, bare: true, kubelet: 'kwok' })
    cluster.boot()
    cluster.runKubectl({ argv: ['create', 'deployment', 'web', '--image=nginx', '--replicas=9'] })
    cluster.runFor(seconds(0.1))
    cluster.flags.set(cluster.timeline, 'kube-controller-manager.concurrent-replicaset-syncs', '1')
    cluster.runFor(seconds(20))
    expect(cluster.list('pods', 'default')).toHaveLength(9)
  })

  test('back to the default leaves nothing behind', () => {
    const cluster = createCluster({ seed: 3, nodes: 1, bare: true })
    cluster.boot()
    cluster.flags.set(cluster.timeline, GRACE, '30s')
    cluster.flags.set(cluster.timeline, GRACE, null)
    expect(cluster.engine.table('flags').size).toBe(0)
  })
})

describe('flags of kube-controller-manager that decide who runs', () => {
  const CONTROLLERS = 'kube-controller-manager.controllers'

  test('a controller that is left out says so, does not start by the button, and takes up its work once it is named again', () => {
    const cluster = createCluster({ seed: 3, nodes: 2, bare: true, kubelet: 'kwok', flags: { [CONTROLLERS]: '*,-deployment-controller' } })
    cluster.boot()
    expect(cluster.loop('deployment-controller')).toMatchObject({ stopped: true, disabled: true })
    expect(cluster.loop('replicaset-controller')).toMatchObject({ stopped: false, disabled: false })
    cluster.runKubectl({ argv: ['create', 'deployment', 'web', '--image=nginx', '--replicas=3'] })
    cluster.setComponent('deployment-controller', true)
    cluster.runFor(seconds(20))
    expect(cluster.list('pods', 'default')).toHaveLength(0)
    cluster.flags.set(cluster.timeline, CONTROLLERS, 'deployment-controller,replicaset-controller')
    cluster.runFor(seconds(20))
    expect(cluster.list('pods', 'default')).toHaveLength(3)
    expect(cluster.loop('job-controller')?.disabled).toBe(true)
    cluster.flags.set(cluster.timeline, CONTROLLERS, null)
    cluster.runFor(seconds(5))
    expect(cluster.loops().filter(({ stopped }) => stopped)).toEqual([])
  })

  test('one that somebody has stopped by hand stays so through a restart of the process', () => {
    const cluster = createCluster({ seed: 3, nodes: 1, bare: true, kubelet: 'kwok' })
    cluster.boot()
    cluster.setComponent('job-controller', false)
    cluster.flags.set(cluster.timeline, CONTROLLERS, '*,-cronjob')
    cluster.runFor(seconds(5))
    expect(cluster.loops().filter(({ stopped }) => stopped).map(({ controller }) => controller)).toEqual(['cronjob-controller', 'job-controller'])
  })

  test('a range of the cluster that leaves nodes outside is refused while there are such nodes', () => {
    const cluster = createCluster({ seed: 3, nodes: 1, bare: true, kubelet: 'kwok' })
    cluster.boot()
    cluster.runFor(seconds(5))
    const set = (range: string) => () => cluster.flags.set(cluster.timeline, 'kube-controller-manager.cluster-cidr', range)
    expect(set('10.20.0.0/16')).toThrow('is out the range of cluster cidr 10.20.0.0/16')
    expect(set('10.0.0.0/8')).not.toThrow()
  })
})

describe('a wrong value', () => {
  const flags = createCluster({ bare: true }).flags.values
  const said = (flag: string, value: string): string | undefined => problemOf(flags, { flag, value })

  test.each([
    ['kube-controller-manager.node-monitor-period', 'soon', 'invalid argument "soon" for "--node-monitor-period" flag: time: invalid duration "soon"'],
    ['kube-controller-manager.concurrent-job-syncs', '0', 'concurrent-job-syncs must be greater than 0, but got 0'],
    ['kube-controller-manager.max-endpoints-per-slice', '1001', 'max-endpoints-per-slice must not be more than 1000, but got 1001'],
    ['kube-controller-manager.enable-dynamic-provisioning', 'maybe', 'invalid argument "maybe" for "--enable-dynamic-provisioning" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
    ['kube-controller-manager.controllers', '*,-deploy', '"deploy" is not in the list of known controllers'],
    ['kube-controller-manager.cluster-cidr', '10.0.0.0', 'invalid argument "10.0.0.0" for "--cluster-cidr" flag: invalid CIDR[0]: <nil> (invalid CIDR address: 10.0.0.0)'],
    ['kube-controller-manager.node-cidr-mask-size', '12', 'Controller: Invalid --cluster-cidr, mask size of cluster CIDR must be less than or equal to --node-cidr-mask-size configured for CIDR family'],
    ['kube-apiserver.service-node-port-range', '32767-30000', 'invalid argument "32767-30000" for "--service-node-port-range" flag: end port cannot be less than start port: 32767-30000'],
    ['kube-apiserver.enable-admission-plugins', 'NoSuch', 'enable-admission-plugins plugin "NoSuch" is unknown'],
    ['kubelet.crashLoopBackOff.maxContainerRestartPeriod', '6m', 'invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: 360 seconds) must be set between 1s and 300s'],
    ['kubelet.nothing', '1', 'there is no setting called kubelet.nothing'],
  ])('of %s (%s) is refused in the words of the component', (flag, value, words) => {
    expect(said(flag, value)).toBe(words)
  })

  test('is refused when a cluster is made, and a command with it changes nothing', () => {
    expect(() => createCluster({ flags: { 'kubelet.syncFrequency': '-1s' } })).toThrow(RangeError)
    const cluster = createCluster({ bare: true })
    cluster.boot()
    cluster.timeline.command('flags', 'set', { flag: 'kubelet.syncFrequency', value: '-1s' })
    expect(cluster.engine.table('flags').size).toBe(0)
  })

  test('every default reads well', () => {
    for (const flag of ALL_FLAGS) expect(flag.parse(flag.text)).toEqual(flag.initial)
  })
})
