import { beforeAll, describe, expect, it } from 'vitest'
import { createCluster, type Cluster } from '../../cluster.ts'

let cluster: Cluster
beforeAll(() => {
  cluster = createCluster({ seed: 1, nodes: 0, bare: true, kubelet: 'kwok' })
  cluster.boot()
})

const PATH = '/home/learner/.kube/kuberc'
function run(line: string, kuberc?: string, env: Record<string, string> = {}): { code: number; stdout: string; stderr: string; saved: string | undefined } {
  const argv = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
  const pid = cluster.kubectl.nextPid()
  const result = cluster.kubectlNow({ argv, env, ...(kuberc === undefined ? {} : { files: { [PATH]: kuberc } }) })
  return { ...result, saved: cluster.kubectl.savedBy(pid)[PATH] }
}
const preference = (text: string): string => `apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n${text}`

describe('preferences of kubectl', () => {
  const NAMES = preference('defaults: [{command: get, options: [{name: output, default: name}]}]\n')

  it('set flags that the command line does not set', () => {
    expect(run('get nodes', NAMES).stdout).toBe('node/control-plane\n')
    expect(run('get nodes -o jsonpath={.items[0].metadata.name}', NAMES).stdout).toBe('control-plane')
    expect(run('get nodes -ojson', NAMES).stdout).toMatch(/^\{/)
    expect(run('get nodes', NAMES, { KUBERC: 'off' }).stdout).toMatch(/^NAME /)
    expect(run('get nodes', NAMES, { KUBECTL_KUBERC: 'false' }).stdout).toMatch(/^NAME /)
  })

  it('take the old form of the file', () => {
    const old = 'apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\noverrides: [{command: get, flags: [{name: output, default: name}]}]\n'
    expect(run('get nodes', old).stdout).toBe('node/control-plane\n')
  })

  it('give commands other names, with words in front and behind', () => {
    const aliases = preference('aliases:\n- {name: getn, command: get, prependArgs: [nodes], options: [{name: output, default: name}]}\n- {name: mk, command: create configmap, appendArgs: [--dry-run=client]}\n')
    expect(run('getn', aliases).stdout).toBe('node/control-plane\n')
    expect(run('getn control-plane -o jsonpath={.metadata.name}', aliases).stdout).toBe('control-plane')
    expect(run('mk settings', aliases).stdout).toBe('configmap/settings created (dry run)\n')
    expect(run('getm', aliases).stderr).toContain('error: unknown command "getm" for "kubectl"')
  })

  it('end the command where they are wrong', () => {
    const wrong = (text: string): string => run('get nodes', preference(text)).stderr
    expect(wrong('defaults: [{command: get, options: [{name: nothing, default: x}]}]')).toBe('error occurred while applying preferences invalid flag nothing for command get\n')
    expect(wrong('defaults: [{command: get, options: [{name: --output, default: x}]}]')).toBe('error occurred while applying preferences flag name --output should be in long form without dashes\n')
    expect(wrong('aliases: [{name: a1, command: get}]')).toBe('error occurred while applying preferences invalid alias name, can only include alphabetical characters\n')
    expect(wrong('aliases: [{name: a, command: get}, {name: a, command: get}]')).toBe('error occurred while applying preferences duplicate alias name a\n')
    expect(wrong('credentialPluginPolicy: Allowlist')).toBe('error occurred while applying preferences credential plugin policy set to "Allowlist", but allowlist is unspecified\n')
    expect(wrong('credentialPluginPolicy: Some')).toBe('error occurred while applying preferences unknown plugin policy: "Some"\n')
    expect(run('get nodes --kuberc=nope.yaml').stderr).toBe('error occurred while applying preferences kuberc error kuberc: open nope.yaml: no such file or directory\n')
    const odd = run('get nodes -o name', preference('colour: blue'))
    expect(odd).toMatchObject({ code: 0, stdout: 'node/control-plane\n', stderr: `kuberc: ignoring strict decoding error in ${PATH}: strict decoding error: unknown field "colour"` })
  })

  it('are written by set and shown by view', () => {
    const made = run('kuberc set --section defaults --command get --option output=wide')
    expect(made.stdout).toBe(`Updated ${PATH}\n`)
    expect(made.saved).toBe('aliases: null\napiVersion: kubectl.config.k8s.io/v1beta1\ndefaults:\n- command: get\n  options:\n  - default: wide\n    name: output\nkind: Preference\n')
    expect(run('kuberc set --section defaults --command get --option output=json', made.saved).stderr).toBe('error: defaults for command "get" already exist, use --overwrite to replace\n')
    const more = run('kuberc set --section aliases --name getn --command get --prependarg nodes --option output=name', made.saved)
    expect(run('getn', more.saved).stdout).toBe('node/control-plane\n')
    expect(run('kuberc view', more.saved).stdout).toContain('aliases:\n- command: get\n  name: getn\n')
    expect(run('kuberc set --section credentialplugin --policy Allowlist --allowlist-entry command=helper', more.saved).saved).toContain('credentialPluginAllowlist:\n- command: helper\ncredentialPluginPolicy: Allowlist\n')
    expect(run('kuberc set --section credentialplugin --policy Allowlist --allowlist-entry name=x').stderr).toBe('error: allowlist entry field "name" is deprecated, use "command" instead\n')
    expect(run('kuberc set --command get').stderr).toBe('error: required flag(s) "section" not set\n')
    expect(run('kuberc view').stdout).toBe(`kuberc file not found at ${PATH}\nWould you like to generate a default kuberc file with recommended options? (y/N): `)
    expect(run('kuberc view', undefined, { KUBERC: 'off' }).stderr).toBe('error: KUBERC is disabled via KUBERC=off environment variable\n')
  })
})
