import { expect, it } from 'vitest'
import { Cluster } from '../sim/cluster.ts'
import { Terminals } from './terminals.ts'

it('gives kubectl the files of the shell, folders and kustomizations too, and completes their names', async () => {
  const cluster = new Cluster({ seed: 1, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  let out = ''
  const terminals = new Terminals({ cluster: () => cluster, playing: () => false, output: (_session, _stream, text) => void (out += text), edit: () => undefined, moved: () => undefined })
  await terminals.run(0, "mkdir k && printf 'resources: [c.yaml]\\nnamePrefix: p-\\n' > k/kustomization.yaml && printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}\\n' > k/c.yaml")
  await terminals.run(0, 'kubectl apply -k k')
  await terminals.run(0, 'kubectl apply -f k/c.yaml')
  await terminals.run(0, 'kubectl explain cm.data')
  expect(out).toMatch(/^configmap\/p-x created\nconfigmap\/x created\nKIND: {7}ConfigMap\n[\s\S]*Data contains the configuration data/)
  expect(terminals.complete('kubectl apply -f k/c', 20).candidates).toEqual(['k/c.yaml'])
  expect(terminals.complete('kubectl config use-context a', 28).candidates).toEqual(['alice@kubernetes'])
})
