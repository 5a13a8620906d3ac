/** A message in the form that JSON gives it where it is no plain object. */
type Give = (message: Record<string, unknown>) => unknown

const time = (digits: number): Give => ({ seconds, nanos }) => {
  if (seconds === undefined && nanos === undefined) return null
  const whole = new Date(Number(seconds ?? 0) * 1000).toISOString().slice(0, 19)
  return digits === 0 ? `${whole}Z` : `${whole}.${`${Math.floor(Number(nanos ?? 0) / 1000)}`.padStart(digits, '0')}Z`
}

const embedded = (bytes: unknown): unknown => (bytes ? (JSON.parse((bytes as Buffer).toString('utf8')) as unknown) : null)
const items: Give = (message) => message['items'] ?? []
/** "xKubernetesListType" → "x-kubernetes-list-type", "ref" → "$ref". */
const schemaName = (name: string): string => (name === 'ref' || name === 'schema' ? `$${name}` : name.startsWith('xKubernetes') ? name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`) : name)

/** By name of message (apimachinery's own marshalling of these types to JSON). */
export const special: Readonly<Record<string, Give>> = {
  'runtime.Unknown': (envelope) => envelope,
  'meta.v1.Time': time(0),
  'meta.v1.MicroTime': time(6),
  'meta.v1.Duration': ({ duration }) => `${Number(duration ?? 0) / 1e9}s`,
  'meta.v1.FieldsV1': ({ Raw }) => embedded(Raw),
  'meta.v1.Verbs': items,
  'resource.Quantity': ({ string }) => string ?? '0',
  'intstr.IntOrString': ({ type, intVal, strVal }) => (type === 1 ? (strVal ?? '') : (intVal ?? 0)),
  'runtime.RawExtension': ({ raw }) => embedded(raw),
  'apiextensions.v1.JSON': ({ raw }) => embedded(raw),
  'apiextensions.v1.JSONSchemaProps': (message) => Object.fromEntries(Object.entries(message).map(([name, value]) => [schemaName(name), value])),
  'apiextensions.v1.JSONSchemaPropsOrArray': ({ schema, jSONSchemas }) => schema ?? jSONSchemas ?? null,
  'apiextensions.v1.JSONSchemaPropsOrBool': ({ schema, allows }) => schema ?? allows ?? false,
  'apiextensions.v1.JSONSchemaPropsOrStringArray': ({ schema, property }) => schema ?? property ?? [],
  'authorization.v1.ExtraValue': items,
  'authentication.v1.ExtraValue': items,
  'certificates.v1.ExtraValue': items,
}
