import { beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { NodeShell } from '../../testing/node-shell.ts'

describe('docker on a node', () => {
  let node: NodeShell
  let cluster: Cluster
  const kubectl = (...argv: string[]): string => node.kubectl(...argv)
  const sh = (line: string): string => node.sh(line)

  beforeAll(() => {
    node = new NodeShell(2)
    cluster = node.cluster
  }, 60_000)

  it('containers of a network find each other by name, those of the default bridge do not', () => {
    sh('docker network create app; docker run -d --name one --network app nginx')
    expect(sh('docker run --rm --network app busybox wget -qO- one | grep -c title')).toBe('1\n')
    expect(sh('docker run --rm busybox wget -qO- one')).toContain("bad address 'one'")
    expect(sh('docker network rm app')).toContain('has active endpoints')
    expect(sh('docker rm -f one; docker network rm app; docker network ls -q | wc -l')).toBe('one\napp\n3\n')
  }, 60_000)

  it('who has logged in can push, and then another node pulls it', () => {
    sh(String.raw`mkdir -p /b; cd /b; printf 'FROM busybox\nRUN echo made > /made\nCMD cat /made; sleep 1000\n' > Dockerfile; docker build -t me/tool:v1 .`)
    expect(sh('docker push me/tool:v1')).toContain('denied: requested access to the resource is denied')
    expect(sh('docker login -u me -p secret; docker push me/tool:v1')).toMatch(/Login Succeeded[^]*v1: digest: sha256:/)
    kubectl('run', 'pushed', '--image=me/tool:v1', '--overrides={"spec":{"nodeName":"node-2"}}')
    cluster.runFor(seconds(10))
    expect(kubectl('logs', 'pushed')).toBe('made\n')
  }, 60_000)

  it('images go into archives and come back, files go in and out of containers, volumes stay', () => {
    expect(sh('docker save -o /i.tar me/tool:v1; docker rmi -f me/tool:v1 > /dev/null; docker images -q me/tool | wc -l; docker load -i /i.tar; docker run --rm me/tool:v1 cat /made')).toBe('0\nLoaded image: me/tool:v1\nmade\n')
    expect(sh('docker run -itd --name box busybox sh > /dev/null; echo hi > /tmp/f; docker cp /tmp/f box:/f 2> /dev/null; docker exec box cat /f; docker pause box; docker ps | grep -c Paused; docker unpause box; docker top box | wc -l')).toBe('hi\nbox\n1\nbox\n2\n')
    expect(sh('docker run --rm -v data:/d busybox sh -c "echo kept > /d/f"; docker run --rm -v data:/d busybox cat /d/f; docker volume ls -q; docker volume rm data; docker attach box')).toBe('kept\ndata\ndata\nError response from daemon: docker attach is not modelled here\ncommand terminated with exit code 1\n')
  }, 60_000)
})
