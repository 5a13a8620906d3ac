/** The simulated cluster has no certificate authority; this says so in the shape of a bundle. */
export const ROOT_CA_BUNDLE = '-----BEGIN CERTIFICATE-----\nU2ltdWxhdGVkIGNsdXN0ZXI6IG5vIGNlcnRpZmljYXRlIGF1dGhvcml0eSBpcyBiZWhpbmQgdGhpcy4=\n-----END CERTIFICATE-----\n'
