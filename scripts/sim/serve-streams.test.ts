import { request } from 'node:http'
import { PassThrough, type Duplex } from 'node:stream'
import { constants, createDeflate, type Deflate } from 'node:zlib'
import { Attach, CoreV1Api, Exec, KubeConfig, PortForward, type V1Status } from 'client-node-for-node-20'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type Serving } from './serve.ts'
import { SPDY_DICTIONARY } from './spdy-dictionary.ts'

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

/** A frame that begins a stream, with its headers packed as SPDY/3 packs them. */
async function synStream(deflate: Deflate, stream: number, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  const counted = (text: string): Buffer => Buffer.concat([word(text.length), Buffer.from(text)])
  const block = Buffer.concat([word(Object.keys(headers).length), ...Object.entries(headers).flatMap(([name, value]) => [counted(name), counted(value)])])
  const packed = await new Promise<Buffer>((resolve) => {
    const parts: Buffer[] = []
    deflate.on('data', (part: Buffer) => void parts.push(part))
    deflate.write(block, () => (deflate.removeAllListeners('data'), resolve(Buffer.concat(parts))))
  })
  return Buffer.concat([Buffer.from([0x80, 3, 0, 1]), word(10 + packed.length), word(stream), word(0), Buffer.alloc(2), packed])
}
const word = (n: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(n)
  return bytes
}
const dataFrame = (stream: number, text: string): Buffer => Buffer.concat([word(stream), word(text.length), Buffer.from(text)])

/** A connection that is upgraded to SPDY, and all that came over it. */
async function spdyTo(path: string): Promise<{ readonly socket: Duplex; readonly protocol: string; readonly came: () => Buffer }> {
  const asked = request(`${serving.url}/api/v1/namespaces/default/pods/web/${path}`, { method: 'POST', headers: { authorization: 'Bearer letmein', connection: 'Upgrade', upgrade: 'SPDY/3.1' } })
  asked.end()
  return new Promise((resolve) => {
    asked.once('upgrade', (answer, socket, head) => {
      let bytes: Buffer = head
      socket.on('data', (data: Buffer) => void (bytes = Buffer.concat([bytes, data])))
      resolve({ socket, protocol: String(answer.headers['x-stream-protocol-version']), came: () => bytes })
    })
  })
}

describe('SPDY, as kubectl speaks it', () => {
  it('carries forwarded ports: an error and a data stream a connection', async () => {
    const deflate = createDeflate({ dictionary: SPDY_DICTIONARY, flush: constants.Z_SYNC_FLUSH })
    const { socket, protocol, came } = await spdyTo('portforward')
    expect(protocol).toBe('portforward.k8s.io')
    for (const [first, port] of [[1, '80'], [5, '81']] as const) {
      socket.write(await synStream(deflate, first, { streamtype: 'error', port, requestid: port }))
      socket.write(await synStream(deflate, first + 2, { streamtype: 'data', port, requestid: port }))
      socket.write(dataFrame(first + 2, 'GET / HTTP/1.1\r\n\r\n'))
    }
    const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 9])
    socket.write(ping)
    await until('both answers', () => came().includes('HTTP/1.1 200 OK') && came().includes('connection refused'))
    expect(came().includes(ping)).toBe(true)
    socket.destroy()
  })

  it('carries commands, with their outputs and exit code', async () => {
    const deflate = createDeflate({ dictionary: SPDY_DICTIONARY, flush: constants.Z_SYNC_FLUSH })
    const { socket, came } = await spdyTo(`exec?command=sh&command=-c&command=${encodeURIComponent('read x; echo "<$x>"; exit 4')}&stdin=true&stdout=true`)
    for (const [id, streamtype] of [[1, 'error'], [3, 'stdin'], [5, 'stdout']] as const) socket.write(await synStream(deflate, id, { streamtype }))
    socket.write(dataFrame(3, 'typed\n'))
    await until('the end', () => came().includes('ExitCode'))
    expect(came().includes(dataFrame(5, '<typed>\n'))).toBe(true)
    expect(came().includes('"message":"4"')).toBe(true)
    socket.destroy()
  })

  it('drops who sends nonsense', async () => {
    const { socket } = await spdyTo('portforward')
    socket.write(Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 9]))
    await new Promise((resolve) => socket.once('close', resolve))
  })
})
