import { ipv4Range, rangeText, sizeOf, type Ipv4Range } from '../../flags/ipv4-range.ts'

/** Numbers of pieces, from the first to the last. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** The range of the cluster, cut into pieces of equal size for nodes (pkg/controller/nodeipam: ipam/cidrset, cidr_set.go). */
export class Pieces {
  readonly count: number
  readonly cluster: Ipv4Range
  /** Of a piece's prefix. */
  readonly bits: number

  constructor(cluster: Ipv4Range, bits: number) {
    this.cluster = cluster
    this.bits = bits
    this.count = 2 ** (bits - cluster.bits)
  }

  cidr(piece: number): string {
    return rangeText({ first: this.cluster.first + piece * sizeOf(this.bits), bits: this.bits })
  }

  /** The pieces that a range of a node takes, whole or in part; undefined for one outside. */
  spanOf(cidr: string | undefined): Span | undefined {
    const range = cidr === undefined ? undefined : ipv4Range(cidr)
    if (!range) return undefined
    const size = sizeOf(this.bits)
    const first = Math.floor((range.first - this.cluster.first) / size)
    const last = Math.floor((range.first + sizeOf(range.bits) - 1 - this.cluster.first) / size)
    return last < 0 || first >= this.count ? undefined : { first: Math.max(0, first), last: Math.min(this.count - 1, last) }
  }
}
