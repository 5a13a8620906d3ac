import { beforeAll, describe, expect, it } from 'vitest'
import { seconds } from '../../engine/time.ts'
import { NodeShell } from '../../testing/node-shell.ts'

describe('images that are built on a node', () => {
  let node: NodeShell
  const run = (name: string, image: string, on: string, ...more: string[]): string => {
    node.kubectl('run', name, `--image=${image}`, `--overrides={"spec":{"nodeName":"${on}"}}`, ...more)
    node.cluster.runFor(seconds(8))
    return node.kubectl('get', 'pod', name, '-o', 'jsonpath={.status.containerStatuses[0].state.waiting.reason}')
  }
  const build = (says: string, tag: string): string => node.sh(String.raw`mkdir -p /b; cd /b; printf 'FROM busybox\nRUN echo ${says} > /made\nCMD cat /made; sleep 1000\n' > Dockerfile; docker build -t ${tag} . > /dev/null`)

  beforeAll(() => {
    node = new NodeShell(3)
    build('one', 'me/tool:v1')
  }, 60_000)

  it('pods of that node use them, those of another one do not find them', () => {
    expect(run('here', 'me/tool:v1', 'node-1')).toBe('')
    expect(node.kubectl('logs', 'here')).toBe('one\n')
    expect(run('never', 'me/tool:v1', 'node-2', '--image-pull-policy=Never')).toBe('ErrImageNeverPull')
    expect(run('there', 'me/tool:v1', 'node-2')).toMatch(/ErrImagePull|ImagePullBackOff/)
    expect(node.kubectl('describe', 'pod', 'there')).toContain('Failed to pull image "me/tool:v1": failed to pull and unpack image "docker.io/me/tool:v1": failed to resolve image: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed')
    expect(run('always', 'me/tool:v1', 'node-1', '--image-pull-policy=Always')).toMatch(/ErrImagePull|ImagePullBackOff/)
  }, 60_000)

  it('what was pushed every node pulls, and keeps it until it pulls again', () => {
    node.sh('docker login -u me -p secret; docker push me/tool:v1')
    expect(run('pulled', 'me/tool:v1', 'node-2')).toBe('')
    expect(node.kubectl('logs', 'pulled')).toBe('one\n')
    build('two', 'me/tool:v1')
    node.sh('docker push me/tool:v1')
    run('old', 'me/tool:v1', 'node-2')
    run('new', 'me/tool:v1', 'node-2', '--image-pull-policy=Always')
    run('fresh', 'me/tool:v1', 'node-3')
    expect([node.kubectl('logs', 'old'), node.kubectl('logs', 'new'), node.kubectl('logs', 'fresh')]).toEqual(['one\n', 'two\n', 'two\n'])
  }, 60_000)

  it('a tag that was not pushed is unknown in a repository that was', () => {
    build('three', 'me/tool:v3')
    run('untold', 'me/tool:v3', 'node-3')
    expect(node.kubectl('describe', 'pod', 'untold')).toContain('rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/me/tool:v3": failed to resolve image: docker.io/me/tool:v3: not found')
  }, 60_000)
})
