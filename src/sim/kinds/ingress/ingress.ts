import type { KubeObject } from '../../api/meta.ts'
import type { TypedLocalObjectReference } from '../../api/volume.ts'

/** networking.k8s.io/v1 Ingress. */
export interface Ingress extends KubeObject<IngressSpec, IngressStatus> {
  readonly spec: IngressSpec
}

export interface IngressSpec {
  readonly ingressClassName?: string
  readonly defaultBackend?: IngressBackend
  readonly rules?: readonly IngressRule[]
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[]
}

export interface IngressBackend {
  readonly resource?: TypedLocalObjectReference
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } }
}

export interface IngressRule {
  readonly host?: string
  readonly http?: { readonly paths: readonly IngressPath[] }
}

export interface IngressPath {
  readonly path?: string
  readonly pathType?: 'Exact' | 'ImplementationSpecific' | 'Prefix'
  readonly backend: IngressBackend
}

export interface IngressStatus {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string; readonly ports?: readonly object[] }[] }
}
