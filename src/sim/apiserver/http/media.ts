/** What a client will take: the media type and, for JSON, the form of the objects. */
export interface Wanted {
  readonly type: 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf'
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList'
  readonly version?: string
  readonly group?: string
}

interface Clause {
  readonly type: string
  readonly params: Readonly<Record<string, string>>
}

/** The clauses of an Accept header, best first. */
function clauses(accept: string): Clause[] {
  const found = accept.split(',').map((text) => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim())
    return { type, params: Object.fromEntries(rest.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)])) }
  })
  const quality = ({ params }: Clause): number => (params['q'] === undefined ? 1 : Number(params['q']) || 0)
  return found.filter((clause) => clause.type !== '').sort((a, b) => quality(b) - quality(a))
}

const FORMS: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'APIGroupDiscoveryList'])

/** The first clause that the server can serve, or undefined (apiserver: handlers/negotiation). Protobuf is not spoken. */
export function negotiate(accept: string | undefined, forms: ReadonlySet<string> = FORMS): Wanted | undefined {
  for (const { type, params } of clauses(accept || '*/*')) {
    const media = type === '*/*' || type === 'application/*' || type === 'application/json' ? 'application/json' : type === 'application/yaml' ? 'application/yaml' : undefined
    if (!media) continue
    const { as, v, g } = params
    if (as === undefined) return { type: media }
    if (forms.has(as)) return { type: media, as: as as Wanted['as'], version: v, group: g }
  }
  return undefined
}
