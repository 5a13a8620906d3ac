import { describe, expect, test } from 'vitest'
import { seconds } from '../../engine/time.ts'
import type { PolicyVariable, ValidatingPolicy } from '../../kinds/admission-types.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import { BareCluster } from '../../testing/bare-cluster.ts'
import { expressionWarnings } from './type-checker.ts'

const rule = (apiGroups: string[], resources: string[], apiVersions = ['v1']) => ({ apiGroups, apiVersions, operations: ['CREATE'], resources })
function policy(expression: string, rules: readonly object[], more: { messageExpression?: string; variables?: readonly PolicyVariable[]; paramKind?: object } = {}): ValidatingPolicy {
  const { messageExpression, ...rest } = more
  const spec = { matchConstraints: { resourceRules: rules }, validations: [{ expression, ...(messageExpression ? { messageExpression } : {}) }], ...rest }
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'p' }, spec } as ValidatingPolicy
}
const warnings = (...args: Parameters<typeof policy>) => expressionWarnings(policy(...args), [])
const DEPLOYMENTS = [rule(['apps'], ['deployments'])]

describe('the type checker of policies', () => {
  test('tells of fields that a kind does not have, for each kind that is named', () => {
    expect(warnings('object.replicas > 1', [rule(['apps'], ['deployments', 'replicasets'])])).toEqual([{
      fieldRef: 'spec.validations[0].expression',
      warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n\napps/v1, Kind=ReplicaSet: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n",
    }])
    expect(warnings('object.spec.replicas > 1', DEPLOYMENTS)).toEqual([])
    expect(warnings('object.spec.template.spec.containers.all(c, c.image.startsWith("x"))', DEPLOYMENTS)).toEqual([])
  })

  test('tells of types that do not fit', () => {
    expect(warnings('object.spec.replicas > "1"', DEPLOYMENTS)[0]?.warning).toContain("found no matching overload for '_>_' applied to '(int, string)'")
    expect(warnings('object.metadata.labels.a == 1', DEPLOYMENTS)[0]?.warning).toContain("'(string, int)'")
    expect(warnings('oldObject == null || null == object', DEPLOYMENTS)).toEqual([])
    expect(warnings('object.metadata.creationTimestamp < timestamp("2026-01-01T00:00:00Z") && object.spec.template.spec.containers[0].ports[0].containerPort > 1', DEPLOYMENTS)).toEqual([])
  })

  test('looks at messages, variables and parameters', () => {
    expect(warnings('true', DEPLOYMENTS, { messageExpression: '"x" + object.spec.replicas' })[0]?.fieldRef).toBe('spec.validations[0].messageExpression')
    expect(warnings('variables.n.size() > 1', DEPLOYMENTS, { variables: [{ name: 'n', expression: 'object.spec.replicas' }] })[0]?.warning).toContain("found no matching overload for 'size' applied to 'int.()'")
    expect(warnings('params.dta.x == "y"', DEPLOYMENTS, { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } })[0]?.warning).toContain("undefined field 'dta'")
    expect(warnings('params.anything == 1', DEPLOYMENTS, { paramKind: { apiVersion: 'rules.example.com/v1', kind: 'Unknown' } })).toEqual([])
  })

  test('leaves wildcards and unknown kinds alone', () => {
    expect(warnings('object.nope == 1', [rule(['*'], ['deployments'])])).toEqual([])
    expect(warnings('object.nope == 1', [rule(['apps'], ['*', 'deployments/scale'])])).toEqual([])
    expect(warnings('object.nope == 1', [rule(['x.io'], ['things'])])).toEqual([])
  })

  test('knows kinds of CustomResourceDefinitions', () => {
    const schema = { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } }
    const crd = { metadata: { name: 'widgets.x.io' }, spec: { group: 'x.io', names: { plural: 'widgets', kind: 'Widget' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] } } as unknown as CustomResourceDefinition
    const of = (expression: string) => expressionWarnings(policy(expression, [rule(['x.io'], ['widgets'])]), [crd]).map((w) => w.warning.split('\n')[0])
    expect(of('object.spec.size > 1')).toEqual([])
    expect(of('object.spec.sise > 1')).toEqual(["x.io/v1, Kind=Widget: ERROR: <input>:1:12: undefined field 'sise'"])
  })
})

test('the controller writes what it found once a generation', () => {
  const world = new BareCluster()
  world.make({ group: 'admissionregistration.k8s.io', version: 'v1', resource: 'validatingadmissionpolicies' }, undefined, policy('object.replicas > 1', DEPLOYMENTS))
  world.cluster.runFor(seconds(2))
  const stored = world.stored('validatingadmissionpolicies/p') as unknown as ValidatingPolicy
  expect(stored.status).toMatchObject({ observedGeneration: 1, typeChecking: { expressionWarnings: [{ fieldRef: 'spec.validations[0].expression' }] } })
})
