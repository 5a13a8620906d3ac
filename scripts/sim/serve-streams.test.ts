import { PassThrough } from 'node:stream'
import { Attach, CoreV1Api, Exec, KubeConfig, PortForward, type V1Status } from 'client-node-for-node-20'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type Serving } from './serve.ts'

let serving: Serving

const config = (token = 'letmein'): KubeConfig => {
  const kube = new KubeConfig()
  kube.loadFromClusterAndUser({ name: 'orrery', server: serving.url, skipTLSVerify: true }, { name: 'me', token })
  return kube
}

async function until(what: string, test: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await test()) return
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  throw new Error(`${what} never came`)
}

beforeAll(async () => {
  serving = await serve({ port: 0, host: '127.0.0.1', speed: 50, token: 'letmein', seed: 1, nodes: 1, kubelet: 'detailed' })
  const core = config().makeApiClient(CoreV1Api)
  await core.createNamespacedPod({ namespace: 'default', body: { metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } } })
  await core.createNamespacedPod({ namespace: 'default', body: { metadata: { name: 'shell' }, spec: { containers: [{ name: 'sh', image: 'busybox', stdin: true, tty: true }] } } })
  await until('the running pods', async () => (await core.listNamespacedPod({ namespace: 'default' })).items.every((p) => p.status?.phase === 'Running'))
}, 60_000)
afterAll(() => serving.close())

/** A stream whose bytes are gathered as text. */
function gathered(): { readonly stream: PassThrough; text: () => string } {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (data: Buffer) => void (text += data.toString()))
  return { stream, text: () => text }
}

describe('streams to containers over websockets', () => {
  it('exec gives both outputs and the exit code', async () => {
    const [out, err] = [gathered(), gathered()]
    const status = await new Promise<V1Status>((done, reject) => {
      new Exec(config()).exec('default', 'web', 'web', ['sh', '-c', 'echo out; echo err >&2; exit 3'], out.stream, err.stream, null, false, done).catch(reject)
    })
    expect([out.text(), err.text()]).toEqual(['out\n', 'err\n'])
    expect(status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } })
  })

  it('exec with a terminal talks to a shell until its input ends', async () => {
    const [out, input] = [gathered(), new PassThrough()]
    let status: V1Status | undefined
    await new Exec(config()).exec('default', 'web', 'web', 'sh', out.stream, null, input, true, (s) => (status = s))
    await until('the prompt', () => out.text().includes('# '))
    input.write('echo $((6*7))\r')
    await until('the answer', () => out.text().includes('\r\n42\r\n'))
    input.write('\x04')
    await until('the end', () => status !== undefined)
    expect(status).toMatchObject({ status: 'Success' })
  })

  it('exec without a terminal takes an input to its end', async () => {
    const [out, input] = [gathered(), new PassThrough()]
    let status: V1Status | undefined
    await new Exec(config()).exec('default', 'web', 'web', ['wc', '-l'], out.stream, null, input, false, (s) => (status = s))
    input.write('one\ntwo\n')
    input.end()
    await until('the end', () => status !== undefined)
    expect(out.text().trim()).toBe('2')
  })

  it('attach joins the first process', async () => {
    const [out, input] = [gathered(), new PassThrough()]
    await new Attach(config()).attach('default', 'shell', 'sh', out.stream, null, input, true)
    await until('the prompt', () => out.text().includes('/ # '))
    input.write('hostname\r')
    await until('the answer', () => out.text().includes('\r\nshell\r\n'))
  })

  it('port-forward carries HTTP, and says when nobody listens', async () => {
    const [out, err, input] = [gathered(), gathered(), new PassThrough()]
    await new PortForward(config()).portForward('default', 'web', [80], out.stream, err.stream, input)
    input.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until('the answer', () => /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n./.test(out.text()))
    const [none, why, more] = [gathered(), gathered(), new PassThrough()]
    await new PortForward(config()).portForward('default', 'web', [81], none.stream, why.stream, more)
    more.write('GET / HTTP/1.1\r\n\r\n')
    await until('the error', () => why.text().includes('connection refused'))
  })

  it('refuses before it upgrades: unknown pods, users without rights, other protocols', async () => {
    const open = (kube: KubeConfig, pod: string): Promise<unknown> => new Exec(kube).exec('default', pod, 'web', ['true'], new PassThrough(), null, null, false)
    await expect(open(config(), 'nobody')).rejects.toBeDefined()
    await expect(open(config('wrong'), 'web')).rejects.toBeDefined()
    const answer = await fetch(`${serving.url}/api/v1/namespaces/default/pods/web/exec?command=true&stdout=true`, { headers: { authorization: 'Bearer letmein' } })
    expect(answer.status).toBe(400)
  })
})
