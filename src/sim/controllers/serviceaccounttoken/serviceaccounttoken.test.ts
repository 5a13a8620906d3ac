import { expect, test } from 'vitest'
import { base64Decode } from '../../api/base64.ts'
import type { KubeObject } from '../../api/meta.ts'
import { readToken } from '../../apiserver/authentication/account-token.ts'
import { create, remove, SECRETS, SERVICE_ACCOUNTS } from '../../client/request.ts'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Secret } from '../../kinds/secret/secret.ts'

test('a token Secret is filled, and goes with its account', () => {
  const cluster = createCluster({ seed: 1, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  cluster.runFor(seconds(5))
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'builder', namespace: 'default' } }
  cluster.request(create(SERVICE_ACCOUNTS, 'default', account))
  for (const [name, of] of [['token', 'builder'], ['nobodys', 'ghost']])
    cluster.request(create(SECRETS, 'default', { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name, namespace: 'default', annotations: { 'kubernetes.io/service-account.name': of } } } as unknown as KubeObject))
  cluster.runFor(seconds(5))
  const secret = cluster.objects.get('secrets/default/token') as Secret
  expect(base64Decode(secret.data!['namespace']!)).toBe('default')
  expect(base64Decode(secret.data!['ca.crt']!)).toContain('BEGIN CERTIFICATE')
  expect(readToken(base64Decode(secret.data!['token']!)!)?.sub).toBe('system:serviceaccount:default:builder')
  expect(cluster.objects.get('secrets/default/nobodys')).toBeUndefined()
  cluster.request(remove(SERVICE_ACCOUNTS, account))
  cluster.runFor(seconds(5))
  expect(cluster.objects.get('secrets/default/token')).toBeUndefined()
})
