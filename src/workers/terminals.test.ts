import { expect, it } from 'vitest'
import { Cluster, type ClusterOptions } from '../sim/cluster.ts'
import { Terminals } from './terminals.ts'

/** Terminals over a booted cluster, and what the page hears of them. */
function desk(options: Omit<ClusterOptions, 'seed'>): { readonly cluster: Cluster; readonly terminals: Terminals; readonly page: { out: string; readonly seats: string[] } } {
  const cluster = new Cluster({ seed: 1, ...options })
  cluster.boot()
  const page = { out: '', seats: [] as string[] }
  const terminals = new Terminals({
    cluster: () => cluster,
    playing: () => false,
    output: (_session, _stream, text) => void (page.out += text),
    seat: (_session, seat) => void page.seats.push(seat),
    edit: () => undefined,
    moved: () => undefined,
  })
  return { cluster, terminals, page }
}

it('gives kubectl the files of the shell, folders and kustomizations too, and completes their names', async () => {
  const { terminals, page } = desk({ nodes: 1, kubelet: 'kwok', bare: true })
  await terminals.run(0, "mkdir k && printf 'resources: [c.yaml]\\nnamePrefix: p-\\n' > k/kustomization.yaml && printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}\\n' > k/c.yaml")
  await terminals.run(0, 'kubectl apply -k k')
  await terminals.run(0, 'kubectl apply -f k/c.yaml')
  await terminals.run(0, 'kubectl explain cm.data')
  expect(page.out).toMatch(/^configmap\/p-x created\nconfigmap\/x created\nKIND: {7}ConfigMap\n[\s\S]*Data contains the configuration data/)
  expect(terminals.complete('kubectl apply -f k/c', 20).candidates).toEqual(['k/c.yaml'])
  expect(terminals.complete('kubectl config use-context a', 28).candidates).toEqual(['alice@kubernetes'])
})

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "nginx:1.27"}]}\n'

it('a shell in a container answers lines while time stands, and Ctrl-D gives the terminal back', async () => {
  const { cluster, terminals, page } = desk({ nodes: 1, bare: true })
  cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': POD } })
  cluster.kubectlNow({ argv: ['wait', '--for=condition=Ready', 'pod/web'] })
  const exit = terminals.run(0, 'kubectl exec -it web -- sh')
  expect(page.out).toBe('# ')
  // Tab asks the shell in the container, and leaves no trace.
  const before = cluster.timeline.index
  expect(terminals.complete('cat /etc/ngin', 13, 0)).toEqual({ candidates: ['nginx/'], replaceFrom: 9 })
  expect(terminals.complete('hostn', 5, 0).candidates).toEqual(['hostname'])
  expect(cluster.timeline.index).toBe(before)
  terminals.typed(0, { text: 'hostname\n' })
  expect(page.out).toBe('# hostname\r\nweb\r\n# ')
  terminals.typed(0, { text: '\x04' })
  expect(await exit).toEqual({ exit: 0 })
  expect(page.seats).toEqual(['tty', 'none'])
  await terminals.run(0, "echo piped | kubectl exec -i web -- sh -c 'read x; echo \"<$x>\"'")
  expect(page.out).toContain('<piped>\n')
  const sub = terminals.run(0, "kubectl exec -it $(kubectl get pods -o name) -- sh -c 'read x; echo \"[$x]\"'")
  await new Promise((resolve) => setTimeout(resolve, 20))
  terminals.typed(0, { text: 'typed\n' })
  expect(await sub).toEqual({ exit: 0 })
  expect(page.out).toContain('[typed]\r\n')
})

it('a forwarded port and the proxy answer curl, in the background too', async () => {
  const { cluster, terminals, page } = desk({ nodes: 1, bare: true })
  const run = async (line: string): Promise<string> => {
    page.out = ''
    const { exit } = await terminals.run(0, line)
    return `${page.out}(${exit})`
  }
  cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': POD } })
  cluster.kubectlNow({ argv: ['wait', '--for=condition=Ready', 'pod/web'] })
  cluster.runFor(5_000_000)
  expect(await run('curl localhost:8080')).toBe('curl: (7) Failed to connect to localhost port 8080 after 0 ms: Could not connect to server\n(7)')
  expect(await run('kubectl port-forward pod/web 8080:80 &')).toMatch(/^\[1\] \d+\nForwarding from 127\.0\.0\.1:8080 -> 80\nForwarding from \[::1\]:8080 -> 80\n\(0\)$/)
  expect(await run('curl -s localhost:8080 | head -n 3')).toMatch(/^Handling connection for 8080\n.+\n/)
  expect(await run("curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:8080/")).toBe('Handling connection for 8080\n200\n(0)')
  expect(await run('kubectl port-forward pod/web 8080:80')).toMatch(/^Unable to listen on port 8080: .*address already in use\]\nerror: unable to listen on any of the requested ports: \[\{8080 80\}\]\n\(1\)$/)
  expect(await run('kubectl proxy >/dev/null &')).toMatch(/^\[2\] \d+\n\(0\)$/)
  expect(await run('curl -s localhost:8001/api/v1/namespaces/default/pods/web | grep \'"phase"\'')).toBe('    "phase": "Running",\n(0)')
  expect(await run('curl -s -w "%{http_code}" localhost:8001/api/v1/namespaces/default/pods/none')).toMatch(/"reason": "NotFound"[^]*404\(0\)$/)
  expect(await run('curl -s localhost:8001/api/v1/namespaces/default/pods/web/exec')).toBe('Forbidden(0)')
  expect(await run('jobs')).toMatch(/^\[1\]- {2}Running {17}kubectl port-forward pod\/web 8080:80 &\n\[2\]\+ {2}Running/)
  expect(await run('kill %1')).toMatch(/Interrupt/)
  expect(await run('curl localhost:8080')).toContain('(7)')
  expect(await run('kubectl port-forward pod/web 9000:81 &')).toContain('-> 81')
  expect(await run('curl localhost:9000')).toMatch(/Handling connection for 9000\n[^]*connection refused[^]*error: lost connection to pod\n[^]*curl: \(52\) Empty reply from server\n\(52\)$/)
  const { hash, commands } = { hash: cluster.engine.hash(), commands: cluster.timeline.index }
  cluster.timeline.seek(cluster.origin.index)
  cluster.timeline.seek(commands)
  expect(cluster.engine.hash()).toBe(hash)
})

it('a shell remembers folders, variables, aliases and functions, and kubectl hears of its variables and preferences', async () => {
  const { terminals, page } = desk({ nodes: [], kubelet: 'kwok', bare: true })
  const run = async (line: string, session = 0): Promise<string> => {
    page.out = ''
    await terminals.run(session, line)
    return page.out
  }
  await run('mkdir -p deep/er && cd deep && NS=kube-system && alias kg="kubectl get" && export WHO=me')
  expect(await run('pwd; echo $NS $WHO; cd er; pwd')).toBe('/home/learner/deep\nkube-system me\n/home/learner/deep/er\n')
  expect(await run('kg ns $NS -o name')).toBe('namespace/kube-system\n')
  await run('count() { kubectl get "$1" -o name | wc -l; }')
  expect((await run('count ns')).trim()).toBe((await run('kubectl get ns -o name | wc -l')).trim())
  await run('kubectl get nothing')
  await run('false')
  expect(await run('echo $?')).toBe('1\n')
  expect(await run('echo "[$NS]"; pwd', 1)).toBe('[]\n/home/learner\n')
  await run("printf 'apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: k, user: u, namespace: far}}]\n' > my.conf; export KUBECONFIG=$PWD/my.conf")
  expect(await run('kubectl config current-context')).toBe('c\n')
  expect(await run('kubectl config current-context', 1)).toBe('kubernetes-admin@kubernetes\n')
  expect(await run('kubectl config current-context --kubeconfig=deep/er/my.conf', 1)).toBe('c\n')
  expect(await run('KUBECONFIG= kubectl kuberc set --section aliases --name spaces --command get --prependarg ns --option output=name')).toBe('Updated /home/learner/.kube/kuberc\n')
  expect(await run('kubectl spaces default', 1)).toBe('namespace/default\n')
})

it('a closed terminal ends what runs in it and takes its folder and variables along', async () => {
  const { terminals, page } = desk({ nodes: 1, kubelet: 'kwok', bare: true })
  await terminals.run(7, 'mkdir sub && cd sub && x=1')
  await terminals.run(7, 'kubectl proxy --port=8002 &')
  const foreground = terminals.run(7, 'kubectl proxy')
  await new Promise((resolve) => setTimeout(resolve, 20))
  terminals.close(7)
  expect((await foreground).exit).toBe(130)
  page.out = ''
  await terminals.run(7, 'pwd; echo "<$x>"')
  await terminals.run(7, 'jobs')
  expect(page.out).toBe('/home/learner\n<>\n')
})
