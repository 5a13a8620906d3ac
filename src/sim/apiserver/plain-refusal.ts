import { resourceNotFound, serviceUnavailable, unknownError, type Status } from '../api/status.ts'
import { notAllowed } from './http/routes.ts'

/** What clients make of an error that came as plain text instead of as a Status (apimachinery: NewGenericServerResponse). */
export function plainRefusal(code: number, text: string): Status {
  switch (code) {
    case 404:
      return resourceNotFound()
    case 405:
      return notAllowed
    case 503:
      return serviceUnavailable('the server is currently unable to handle the request')
    default:
      return code >= 500 ? { ...unknownError(`an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`, code), reason: 'InternalError' } : unknownError(text.trim(), code)
  }
}
