import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster.ts'

const PIECES = ['{', '}', '{{', '}}', '[', ']', '(', ')', '.', '..', '*', '@', '$', '?(', ':', ',', '-1', '0', '1:2', '::', '99999999999999999999', '"', "'", '`', '\\', '|', ' ', '\n', 'items', 'metadata', 'name', 'labels', 'spec', 'range', 'end', 'if', 'else', 'with', 'define', 'template', 'block', 'index', 'len', 'printf', '"%d"', '"%s %q %v %5d"', 'urlquery', 'base64decode', 'exists', 'html', 'eq', 'gt', 'and', 'or', 'not', 'nil', 'true', '==', '!=', '<', '>=', '&&', '||', '=~', ':=', '$x', '{{-', '-}}', '/*', '*/', '__proto__', 'constructor', 'toString', 'é', '\ud800', '\u0000', '"\\x"', '"\\ud800"', 'a.b', 'kubectl\\.kubernetes\\.io']
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''))
const spaced = fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join(' '))
const formats = fc.oneof(
  fc.tuple(fc.constantFrom('jsonpath={', 'jsonpath=', 'jsonpath={.items[', 'jsonpath={range .items[*]}{', 'jsonpath-as-json={.', 'custom-columns=A:', 'custom-columns=A:.metadata.name,B:', 'go-template={{', 'go-template={{range .items}}{{', 'go-template='), fc.oneof(text, spaced), fc.constantFrom('', '}', '}}', ']}', '}{end}', '}}{{end}}')).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
)

describe('formats and selectors of all sorts', () => {
  let cluster: Cluster
  beforeAll(() => {
    cluster = new Cluster({ seed: 5, nodes: 1, kubelet: 'kwok', bare: true })
    cluster.boot()
    cluster.kubectlNow({ argv: ['create', 'configmap', 'c', '--from-literal=a=ü', '--from-literal=b='] })
  })
  const ends = (argv: readonly string[]): boolean => Number.isInteger(cluster.kubectlNow({ argv }).code)

  it('print or are refused in words', () => {
    fc.assert(fc.property(formats, fc.constantFrom('nodes', 'cm', 'cm c', 'ns'), (format, what) => ends(['get', ...what.split(' '), '-o', format])), { numRuns: 1000, seed: 21 })
  }, 60_000)

  it('sort, select and wait by whatever is written', () => {
    fc.assert(fc.property(fc.oneof(text, spaced), (path) => ends(['get', 'cm', '--sort-by', path])), { numRuns: 250, seed: 22 })
    fc.assert(fc.property(fc.oneof(text, spaced), fc.constantFrom('-l', '--field-selector'), (selector, flag) => ends(['get', 'cm', flag, selector])), { numRuns: 250, seed: 23 })
    fc.assert(fc.property(text, (path) => ends(['wait', 'cm/c', `--for=jsonpath={${path}}=x`, '--timeout=1s'])), { numRuns: 150, seed: 24 })
    fc.assert(fc.property(text, (path) => ends(['explain', `pod.${path}`])), { numRuns: 150, seed: 25 })
    fc.assert(fc.property(fc.oneof(text, spaced), (path) => ends(['get', '--raw', `/${path}`])), { numRuns: 250, seed: 26 })
  }, 60_000)

  it('preferences and their like are read or refused', () => {
    const values = fc.constantFrom<unknown>('', 'x', 1, null, true, [], {}, [1], [null], [[]], { name: 1 }, [{ name: 'a' }], [{ command: 'get', options: [{}] }], [{ name: 'zz', command: 'get pods', options: 'x' }], [{ name: 'zz', command: 'get', prependArgs: ['nodes'], appendArgs: [1] }], [{ command: 'a b', options: [{ name: 'output', default: null }] }])
    const file = fc.record({ apiVersion: fc.constantFrom('kubectl.config.k8s.io/v1beta1', 'kubectl.config.k8s.io/v1alpha1', 'x'), kind: fc.constantFrom('Preference', 'Config'), defaults: values, overrides: values, aliases: values, credentialPluginPolicy: values, credentialPluginAllowlist: values }, { requiredKeys: ['kind'] })
    const answers = (argv: readonly string[], kuberc: unknown): boolean => Number.isInteger(cluster.kubectlNow({ argv, files: { '/home/learner/.kube/kuberc': JSON.stringify(kuberc) } }).code)
    fc.assert(fc.property(file, fc.constantFrom('get nodes', 'zz', 'kuberc view', 'kuberc set --section aliases --name q --command get', 'zz -o name x'), (kuberc, line) => answers(line.split(' '), kuberc)), { numRuns: 400, seed: 27 })
  }, 60_000)

  it('bears texts that are made to take long', () => {
    const began = cluster.timeline.index
    const bombs = [`jsonpath={${'.a'.repeat(20_000)}}`, `jsonpath={${'..a'.repeat(200)}}`, `jsonpath={.items[?(@.x=~"${'(a+)+'.repeat(20)}$")]}`, `go-template=${'{{range .items}}'.repeat(400)}${'{{end}}'.repeat(400)}`, `go-template=${'{{if true}}'.repeat(30_000)}`, `go-template={{${'('.repeat(30_000)}`, `custom-columns=${'A:.a,'.repeat(10_000)}B:.b`]
    for (const bomb of bombs) expect(ends(['get', 'nodes', '-o', bomb])).toBe(true)
    const nested = `a: &a0 [x, x]\n${Array.from({ length: 60 }, (_, i) => `b${i}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}\n`
    const files: Record<string, string> = { 'bomb.yaml': nested, 'deep.yaml': `a: ${'['.repeat(60_000)}`, 'maps.yaml': `${'{a: '.repeat(30_000)}1${'}'.repeat(30_000)}`, 'merge.yaml': `a: &a {b: 1}\nc: {${'<<: *a, '.repeat(20_000)}}\n`, 'tags.yaml': `a: ${'!!binary '.repeat(5_000)}x\n`, 'keys.yaml': `? ${'? '.repeat(8_000)}x\n`, 'big.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata: {a: "${'x'.repeat(3_200_000)}"}\n`, 'docs.yaml': '---\n'.repeat(20_000), 'list.yaml': `apiVersion: v1\nkind: List\nitems: [${'{}, '.repeat(20_000)}]\n` }
    for (const name of Object.keys(files)) expect(cluster.kubectlNow({ argv: ['apply', '-f', name], files }).code).not.toBe(0)
    expect(cluster.timeline.index).toBeGreaterThan(began)
    expect(cluster.list('configmaps').map((c) => c.metadata.name)).not.toContain('big')
  }, 60_000)
})
