import { expect, test } from 'vitest'
import { createCluster } from '../cluster.ts'

test('kubectl get componentstatuses asks the parts of the control plane as they are now, with a warning, and nothing can be written', () => {
  const cluster = createCluster({ nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  const kubectl = (line: string) => cluster.kubectlNow({ argv: line.split(' ') })
  const all = kubectl('get cs')
  expect(all.stdout).toMatch(/^NAME +STATUS +MESSAGE +ERROR\ncontroller-manager +Healthy +ok *\netcd-0 +Healthy +ok *\nscheduler +Healthy +ok/)
  expect(all.stderr).toContain('Warning: v1 ComponentStatus is deprecated in v1.19+')
  cluster.setComponent('scheduler', false)
  expect(kubectl('get cs scheduler').stdout).toMatch(/scheduler +Unhealthy +Get "https:\/\/127\.0\.0\.1:10259\/healthz": dial tcp 127\.0\.0\.1:10259: connect: connection refused/)
  expect(kubectl('get componentstatuses etcd-0 -o jsonpath={.conditions[0].status}').stdout).toBe('True')
  expect(kubectl('delete cs etcd-0').stderr).toMatch(/MethodNotAllowed|not supported|does not allow/)
  expect(kubectl('get cs').stdout).toContain('etcd-0')
})
