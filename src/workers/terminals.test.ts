import { expect, it } from 'vitest'
import { Cluster } from '../sim/cluster.ts'
import { Terminals } from './terminals.ts'

it('gives kubectl the files of the shell, folders and kustomizations too, and completes their names', async () => {
  const cluster = new Cluster({ seed: 1, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  let out = ''
  const terminals = new Terminals({ cluster: () => cluster, playing: () => false, output: (_session, _stream, text) => void (out += text), seat: () => undefined, edit: () => undefined, moved: () => undefined })
  await terminals.run(0, "mkdir k && printf 'resources: [c.yaml]\\nnamePrefix: p-\\n' > k/kustomization.yaml && printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}\\n' > k/c.yaml")
  await terminals.run(0, 'kubectl apply -k k')
  await terminals.run(0, 'kubectl apply -f k/c.yaml')
  await terminals.run(0, 'kubectl explain cm.data')
  expect(out).toMatch(/^configmap\/p-x created\nconfigmap\/x created\nKIND: {7}ConfigMap\n[\s\S]*Data contains the configuration data/)
  expect(terminals.complete('kubectl apply -f k/c', 20).candidates).toEqual(['k/c.yaml'])
  expect(terminals.complete('kubectl config use-context a', 28).candidates).toEqual(['alice@kubernetes'])
})

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "nginx:1.27"}]}\n'

it('a shell in a container answers lines while time stands, and Ctrl-D gives the terminal back', async () => {
  const cluster = new Cluster({ seed: 1, nodes: 1, bare: true })
  cluster.boot()
  let out = ''
  const seats: string[] = []
  const terminals = new Terminals({ cluster: () => cluster, playing: () => false, output: (_session, _stream, text) => void (out += text), seat: (_session, seat) => void seats.push(seat), edit: () => undefined, moved: () => undefined })
  cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': POD } })
  cluster.kubectlNow({ argv: ['wait', '--for=condition=Ready', 'pod/web'] })
  const exit = terminals.run(0, 'kubectl exec -it web -- sh')
  expect(out).toBe('/ # ')
  terminals.typed(0, { text: 'hostname\n' })
  expect(out).toBe('/ # hostname\r\nweb\r\n/ # ')
  terminals.typed(0, { text: '\x04' })
  expect(await exit).toEqual({ exit: 0 })
  expect(seats).toEqual(['tty', 'none'])
  await terminals.run(0, "echo piped | kubectl exec -i web -- sh -c 'read x; echo \"<$x>\"'")
  expect(out).toContain('<piped>\n')
  const sub = terminals.run(0, "kubectl exec -it $(kubectl get pods -o name) -- sh -c 'read x; echo \"[$x]\"'")
  await new Promise((resolve) => setTimeout(resolve, 20))
  terminals.typed(0, { text: 'typed\n' })
  expect(await sub).toEqual({ exit: 0 })
  expect(out).toContain('[typed]\r\n')
})
