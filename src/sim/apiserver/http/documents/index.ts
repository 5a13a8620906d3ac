import type { JsonValue } from '../../../api/meta.ts'
import { resourceNotFound } from '../../../api/status.ts'
import type { ApiServer } from '../../server.ts'
import { negotiate } from '../media.ts'
import type { HttpAnswer, HttpRequest } from '../message.ts'
import type { Query } from '../query.ts'
import { notAllowed, answered, unknownGroup } from '../routes.ts'
import { isUnavailable } from '../../within/api-services.ts'
import { aggregated, apiVersions, groupDocument, groupList, resourceList } from './discovery.ts'
import { health } from './health.ts'
import { openApiIndex, openApiOf, openApiV2 } from './openapi.ts'

const json = (body: JsonValue): HttpAnswer => ({ code: 200, warnings: [], body, changes: [] })

const VERSION: JsonValue = {
  major: '1', minor: '36', emulationMajor: '1', emulationMinor: '36', minCompatibilityMajor: '1', minCompatibilityMinor: '35', gitVersion: 'v1.36.2',
  gitCommit: 'simulated', gitTreeState: 'clean', buildDate: '2026-01-01T00:00:00Z', goVersion: 'go1.26', compiler: 'gc', platform: 'linux/amd64',
}

const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const OPENID: JsonValue = {
  issuer: ISSUER, jwks_uri: 'https://172.18.0.2:6443/openid/v1/jwks', response_types_supported: ['id_token'], subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
}

const ROOT_PATHS: readonly string[] = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version']

/** Discovery of all groups at once; clients know it by the parameters of its media type. */
const allAtOnce = (body: JsonValue, version = 'v2'): HttpAnswer => ({ ...json(body), contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList` })

/** Everything that is no API resource: discovery, health, version. */
export function serveDocument(server: ApiServer, request: HttpRequest, path: string, query: Query): HttpAnswer {
  const parts = path.split('/').filter((part) => part !== '')
  const healthy = health(parts, query)
  if (healthy) return healthy
  const found = lookUp(server, request, parts)
  if (!found) {
    const [, group = '', version = ''] = /^\/apis\/([^/]+)\/([^/]+)\/?$/.exec(path) ?? []
    return unknownGroup(server, { group, version })
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return answered(notAllowed)
  return found
}

const DISCOVERY_FORM: ReadonlySet<string> = new Set(['APIGroupDiscoveryList'])

function lookUp(server: ApiServer, request: HttpRequest, parts: readonly string[]): HttpAnswer | undefined {
  const { groups } = server
  const [root, first = '', second = ''] = parts
  const form = negotiate(request.accept, DISCOVERY_FORM)
  const whole = form?.as === 'APIGroupDiscoveryList' && form.group === 'apidiscovery.k8s.io'
  switch (root) {
    case undefined:
      return json({ paths: [...ROOT_PATHS, ...groups.names().flatMap((group) => [`/apis/${group}`, ...groups.versions(group).map((v) => `/apis/${group}/${v}`)])].sort() })
    case 'version':
      return parts.length === 1 ? json(VERSION) : undefined
    case '.well-known':
      return first === 'openid-configuration' ? json(OPENID) : undefined
    case 'api':
      if (parts.length === 1) return whole ? allAtOnce(aggregated(groups, true, form.version), form.version) : json(apiVersions())
      return first === 'v1' ? json(resourceList(groups, '', 'v1')) : answered(resourceNotFound())
    case 'apis':
      if (parts.length === 1) return whole ? allAtOnce(aggregated(groups, false, form.version), form.version) : json(groupList(groups))
      if (!groups.has(first)) return undefined
      if (parts.length === 2) return json(groupDocument(groups, first))
      // What is passed on is as good as its server: without that nobody can list the resources.
      if (isUnavailable(server.store, { group: first, version: second })) return unknownGroup(server, { group: first, version: second })
      return groups.versions(first).includes(second) ? json(resourceList(groups, first, second)) : answered(resourceNotFound())
    case 'openapi':
      return openApi(groups, parts)
    default:
      return undefined
  }
}

function openApi(groups: ApiServer['groups'], [, edition, root, ...rest]: readonly string[]): HttpAnswer | undefined {
  if (edition === 'v2') return root === undefined ? json(openApiV2(groups)) : undefined
  if (edition !== 'v3') return undefined
  if (root === undefined) return json(openApiIndex(groups))
  const [group, version] = root === 'api' ? ['', rest[0]] : [rest[0], rest[1]]
  return group !== undefined && version && groups.versions(group).includes(version) ? json(openApiOf(groups, group, version)) : undefined
}
