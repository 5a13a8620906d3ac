import type { ApiServer } from '../../server.ts'
import type { HttpAnswer, HttpRequest } from '../message.ts'
import type { RequestPath } from '../path.ts'
import type { Query } from '../query.ts'
import { pageNotFound } from '../routes.ts'

/** Everything that is no API resource: discovery, OpenAPI, health, version. */
export function serveDocument(_server: ApiServer, _request: HttpRequest, _path: RequestPath, _query: Query): HttpAnswer {
  return pageNotFound
}
