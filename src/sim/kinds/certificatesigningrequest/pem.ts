import { base64Bytes, base64Decode } from '../../api/base64.ts'

interface Block {
  readonly type: string
  readonly hasHeaders: boolean
  readonly bytes: readonly number[]
}

const BLOCK = /-----BEGIN ([^\n]*?)-----\s*\n([\s\S]*?)\n?-----END \1-----/g

/** The well-formed blocks of a PEM file (encoding/pem). */
function blocksOf(pem: string): readonly Block[] {
  const out: Block[] = []
  for (const [, type = '', text = ''] of pem.matchAll(BLOCK)) {
    const hasHeaders = /^[^\n:]+:/.test(text)
    const bytes = base64Bytes((hasHeaders ? text.slice(text.indexOf('\n\n') + 1) : text).replace(/\s/g, ''))
    if (bytes) out.push({ type, hasHeaders, bytes })
  }
  return out
}

/** What is wrong with a DER value's outermost header, as encoding/asn1 says it; what is inside is not read. */
function derProblem(bytes: readonly number[]): string | undefined {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return 'asn1: syntax error: truncated tag or length'
  const count = second & 0x80 ? second & 0x7f : 0
  const length = count === 0 ? second : bytes.slice(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0)
  const isCompound = (first & 0x20) !== 0
  if (first !== 0x30) return `asn1: structure error: tags don't match (16 vs {class:${first >> 6} tag:${first & 0x1f} length:${length} isCompound:${isCompound}})`
  const rest = bytes.length - 2 - count
  if (length > rest) return 'asn1: syntax error: data truncated'
  return length < rest ? 'asn1: syntax error: trailing data' : undefined
}

/** What is wrong with a signing request; its signature is believed (certificates/helpers: ParseCSR). */
export function requestProblem(base64: string): string | undefined {
  const [block] = blocksOf(base64Decode(base64) ?? '')
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST'
  return derProblem(block.bytes)
}

/** What is wrong with issued certificates (certificates/validation: validateCertificate). */
export function certificateProblem(base64: string): string | undefined {
  if (base64 === '') return undefined
  const blocks = blocksOf(base64Decode(base64) ?? '')
  for (const { type, hasHeaders, bytes } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    const problem = derProblem(bytes)
    if (problem) return problem.startsWith('asn1: syntax error: trailing') ? 'x509: trailing data' : 'x509: malformed certificate'
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}
