import { definitionRegistration, apiServiceAvailability } from './api-services.ts'
import { definitions, definitionsEmptied } from './definitions.ts'
import { flowControlEnsurer, flowSchemaStatus } from './flow-control.ts'
import type { InnerController } from './inner.ts'
import { addressRepair, defaultRange } from './service-addresses.ts'
import type { Listens } from './reaching.ts'

/** The control loops within kube-apiserver. A new one adds its line here. */
export const innerControllers = (listens: (now: number) => Listens, serves?: (group: string, version: string) => boolean): readonly InnerController[] => [
  definitions,
  definitionsEmptied,
  definitionRegistration,
  apiServiceAvailability(listens, serves),
  flowSchemaStatus,
  flowControlEnsurer,
  addressRepair,
  defaultRange,
]
