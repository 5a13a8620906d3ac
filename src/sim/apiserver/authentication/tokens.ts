import { AUTHENTICATED, MASTERS, type UserInfo } from './user.ts'

/** The file of --token-auth-file: the administrator, and a person without any rights to try role-based access with. */
const TOKEN_FILE: Readonly<Record<string, UserInfo>> = {
  admintoken: { name: 'kubernetes-admin', uid: 'admin', groups: [MASTERS, AUTHENTICATED] },
  alicetoken: { name: 'alice', uid: 'alice', groups: ['dev', AUTHENTICATED] },
}

/** The user of a bearer token (apiserver: token/tokenfile); the same token gives the same object. */
export const userOfToken = (token: string): UserInfo | undefined => (Object.hasOwn(TOKEN_FILE, token) ? TOKEN_FILE[token] : undefined)
