import type { KubeObject } from '../../api/meta.ts'

export interface SigningRequestSpec {
  /** A PEM file in base64. */
  readonly request?: string
  readonly signerName?: string
  readonly expirationSeconds?: number
  readonly usages?: readonly string[]
  readonly username?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export interface SigningRequestCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}

export interface SigningRequestStatus {
  readonly conditions?: readonly SigningRequestCondition[]
  readonly certificate?: string
}

/** certificates.k8s.io/v1 CertificateSigningRequest. */
export interface CertificateSigningRequest extends KubeObject<SigningRequestSpec, SigningRequestStatus> {
  readonly spec: SigningRequestSpec
}
