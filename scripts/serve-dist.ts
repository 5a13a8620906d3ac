/**
 * Serves the built site: `tsx scripts/serve-dist.ts [port]`. A plain static server, as any host of static files would be;
 * port 0 (the default) takes a free one. Prints the address.
 */
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.webmanifest': 'application/manifest+json',
}

const compressed = new Map<string, Buffer>()

async function body(file: string, gzip: boolean): Promise<Buffer> {
  if (!gzip) return readFile(file)
  const known = compressed.get(file)
  if (known !== undefined) return known
  const made = gzipSync(await readFile(file))
  compressed.set(file, made)
  return made
}

/** Starts the server on `port` (0: any free one). Throws when there is no build. */
export async function serveDist(port = 0, folder = dist): Promise<{ url: string; server: Server }> {
  if (!existsSync(join(folder, 'index.html'))) throw new Error('There is no build yet: run `npm run build` first.')
  const server = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
      const file = join(folder, normalize(path === '/' ? '/index.html' : path))
      if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('not found')
        return
      }
      const type = TYPES[extname(file)] ?? 'application/octet-stream'
      const gzip = !type.startsWith('font/') && String(request.headers['accept-encoding']).includes('gzip')
      const headers: Record<string, string> = { 'content-type': type, 'cache-control': 'no-cache' }
      if (gzip) headers['content-encoding'] = 'gzip'
      response.writeHead(200, headers).end(await body(file, gzip))
    })().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serveDist(Number(process.argv[2] ?? 0))
  process.stdout.write(`Orrery is served at ${url}\n`)
}
