import type { KubeObject } from '../api/meta.ts'
import { isStatus, methodNotSupported, resourceNotFound } from '../api/status.ts'
import { applyObject } from './apply-object.ts'
import { bindPod } from './binding.ts'
import { decode, decodeAs } from './decoding.ts'
import { deleteObject } from './deletion.ts'
import { evictPod } from './eviction.ts'
import type { Execution, Outcome } from './execution.ts'
import { objectKey } from './keys.ts'
import { patchObject } from './patching.ts'
import { getObject, listObjects, selectObjects } from './reading.ts'
import type { RestRequest } from './rest.ts'
import { openStream, podLog } from './streams.ts'
import { finalizeNamespace, getScale, updateScale } from './subresources.ts'
import { requestToken } from './token-request.ts'
import { createObject, putObject, updateObject } from './writing.ts'

/** Executes the verb that the request asks for. */
export function route(exec: Execution, request: RestRequest): Outcome {
  if (exec.subresource) return subresource(exec, request)
  switch (request.verb) {
    case 'get':
      return getObject(exec)
    case 'list':
      return listObjects(exec)
    case 'create':
      return withBody(exec, request, (object) => createObject(exec, object))
    case 'update':
      return withBody(exec, request, (object) => put(exec, object))
    case 'patch':
      return patchAny(exec, request)
    case 'delete':
      return deleteObject(exec)
    case 'deletecollection':
      return deleteCollection(exec)
  }
}

/** Decodes the body as an object of the resource's kind first. */
export function withBody(exec: Execution, request: RestRequest, then: (object: KubeObject) => Outcome): Outcome {
  const object = decode(exec, request.body, request.complaints)
  return isStatus(object) ? object : then(object)
}

function put(exec: Execution, object: KubeObject): Outcome {
  const answer = putObject(exec, object)
  const isAbsent = isStatus(answer) && answer.reason === 'NotFound' && !exec.store.get(objectKey(exec.kind, exec.namespace, exec.name))
  return isAbsent && exec.kind.createsOnUpdate ? createObject(exec, object) : answer
}

const patchAny = (exec: Execution, request: RestRequest): Outcome =>
  request.patchType === 'apply' ? applyObject(exec, request) : updateObject(exec, (old) => patchObject(exec, old, request))

const BINDING = { group: '', version: 'v1', kind: 'Binding' }
const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' }
const TOKEN_REQUEST = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }

/** The same for a subresource whose bodies are of another kind. */
function withBodyOf(exec: Execution, request: RestRequest, kind: typeof BINDING, then: (object: KubeObject) => Outcome): Outcome {
  const object = decodeAs(exec, request.body, kind, request.complaints)
  return isStatus(object) ? object : then(object)
}

function subresource(exec: Execution, request: RestRequest): Outcome {
  const { kind, subresource } = exec
  if (!kind.subresources.includes(subresource) && !(subresource === 'finalize' && kind.plural === 'namespaces')) return resourceNotFound()
  const action = `${kind.updatesThrough?.[subresource] ? 'status' : subresource} ${request.verb}`
  switch (action) {
    case 'status get':
    case 'approval get':
      return getObject(exec)
    case 'status update':
    case 'approval update':
      return withBody(exec, request, (object) => putObject(exec, object))
    case 'status patch':
    case 'approval patch':
      return patchAny(exec, request)
    case 'scale get':
      return getScale(exec)
    case 'scale update':
    case 'scale patch':
      return updateScale(exec, request)
    case 'binding create':
      return withBodyOf(exec, request, BINDING, (object) => bindPod(exec, object))
    case 'eviction create':
      return withBodyOf(exec, request, EVICTION, (object) => evictPod(exec, object))
    case 'token create':
      return withBodyOf(exec, request, TOKEN_REQUEST, (object) => requestToken(exec, object))
    case 'finalize update':
      return withBody(exec, request, (object) => finalizeNamespace(exec, object))
    case 'log get':
      return podLog(exec)
    case 'exec get':
    case 'exec create':
    case 'attach get':
    case 'attach create':
    case 'portforward get':
    case 'portforward create':
      return openStream(exec)
    default:
      return methodNotSupported({ group: kind.group, resource: kind.plural }, request.verb)
  }
}

function deleteCollection(exec: Execution): Outcome {
  const { kind, store } = exec
  const selected = selectObjects(exec)
  if (isStatus(selected)) return selected
  for (const { metadata } of selected) {
    const answer = deleteObject({ ...exec, name: metadata.name, namespace: kind.namespaced ? metadata.namespace : undefined })
    if (isStatus(answer) && answer.reason !== 'NotFound') return answer
  }
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
  return { kind: `${kind.kind}List`, apiVersion, metadata: { resourceVersion: `${store.revision}` }, items: selected }
}
