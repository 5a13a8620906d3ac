import { beforeEach, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster.ts'

describe('kubectl and its kubeconfig', () => {
  let cluster: Cluster
  beforeEach(() => {
    cluster = new Cluster({ seed: 2, nodes: [], kubelet: 'kwok', bare: true, authorization: 'Node,RBAC' })
    cluster.boot()
  })
  const run = (line: string, more: { files?: Record<string, string>; env?: Record<string, string> } = {}) => cluster.kubectlNow({ argv: line.split(' '), ...more })

  it('asks as the user of the context, as another by --as, and with the token of --token', () => {
    expect(run('get nodes --context=alice@kubernetes').stderr).toBe('Error from server (Forbidden): nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope\n')
    expect(run('auth whoami --as=bob --as-group=devs').stdout).toContain('Groups      [devs system:authenticated]')
    expect(run('get nodes --context=alice@kubernetes --as=bob').stderr).toContain('User "alice" cannot impersonate-on:user-info:list')
    expect(run('get nodes --token=wrong').stderr).toBe('error: You must be logged in to the server (Unauthorized)\n')
  })

  it('knows service accounts by the tokens that it was given', () => {
    const token = run('create token default').stdout
    expect(run(`auth whoami --token=${token}`).stdout).toContain('system:serviceaccount:default:default')
  })

  it('reads files of --kubeconfig and KUBECONFIG, and reaches no other cluster', () => {
    const files = { 'my.conf': 'apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: k, user: u, namespace: kube-system}}]\nclusters: [{name: k, cluster: {server: "https://127.0.0.1:6443"}}]\nusers: [{name: u, user: {token: admintoken}}]\n' }
    expect(run('get cm -o name --kubeconfig=my.conf', { files }).stdout).toContain('configmap/')
    expect(run('config current-context', { files, env: { KUBECONFIG: 'my.conf' } }).stdout).toBe('c\n')
    expect(run('get pods --kubeconfig=none.conf').stderr).toBe('error: stat none.conf: no such file or directory\n')
    expect(run('get pods -s http://127.0.0.1:1').stderr).toMatch(/The connection to the server 127\.0\.0\.1:1 was refused/)
  })

  it('keeps what config changes, step by step taken back with the rest of time', () => {
    const before = cluster.timeline.index
    run('config set-context --current --namespace=team')
    expect(cluster.kubectl.namespace).toBe('team')
    cluster.timeline.seek(before)
    expect(cluster.kubectl.namespace).toBe('default')
  })
})
