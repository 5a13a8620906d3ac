import type { Declarations } from './check.ts'
import { BOOL, DYN, INT, list, map, NULL, object, STRING, TIMESTAMP, type CelType } from './types.ts'

const kind = object('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING })
const resource = object('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING })
const userInfo = object('kubernetes.UserInfo', { username: STRING, uid: STRING, groups: list(STRING), extra: map(STRING, list(STRING)) })

/** The variable `request` of admission expressions (apiserver: admission/plugin/cel, BuildRequestType). */
const request = object('kubernetes.AdmissionRequest', {
  kind, resource, subResource: STRING, requestKind: kind, requestResource: resource, requestSubResource: STRING, name: STRING, namespace: STRING,
  operation: STRING, userInfo, dryRun: BOOL, options: DYN,
})

/** The variable `namespaceObject` (BuildNamespaceType). */
const namespace = object('kubernetes.Namespace', {
  metadata: object('kubernetes.NamespaceMetadata', {
    name: STRING, generateName: STRING, namespace: STRING, labels: map(STRING, STRING), annotations: map(STRING, STRING), UID: STRING, creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT, deletionTimestamp: TIMESTAMP, generation: INT, resourceVersion: STRING, finalizers: list(STRING),
  }),
  spec: object('kubernetes.NamespaceSpec', { finalizers: list(STRING) }),
  status: object('kubernetes.NamespaceStatus', { phase: STRING }),
})

const AUTHORIZER = object('kubernetes.authorization.Authorizer', { requestResource: object('kubernetes.authorization.ResourceCheck') })
const PATCH_TYPES: ReadonlySet<string> = new Set(['Object', 'JSONPatch'])

/** What an expression of a policy or a webhook's condition may name. */
export interface AdmissionScope {
  readonly params?: boolean
  /** Not in message expressions. */
  readonly authorizer?: boolean
  /** `Object{…}` and `JSONPatch{…}` of mutations. */
  readonly patches?: boolean
  /** The policy's variables so far, by name; absent where a policy has none. */
  readonly variables?: Readonly<Record<string, CelType>>
}

export function admissionDeclarations({ params, authorizer, patches, variables }: AdmissionScope): Declarations {
  return {
    variables: {
      object: DYN, oldObject: DYN, request, namespaceObject: namespace,
      ...(params ? { params: DYN } : {}),
      ...(authorizer ? { authorizer: AUTHORIZER } : {}),
      ...(variables ? { variables: object('kubernetes.variables', variables) } : {}),
    },
    ...(patches ? { messages: PATCH_TYPES } : {}),
  }
}

/** What each kind of expression must give. */
export const EXPECTED = {
  validation: [BOOL],
  message: [STRING],
  annotation: [STRING, NULL],
  applyConfiguration: [object('Object')],
  jsonPatch: [list(object('JSONPatch'))],
} as const
