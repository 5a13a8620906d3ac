import { expect, test } from 'vitest'
import { readSettings } from './StartFlags.tsx'

test('settings are read line by line; only the first "=" parts name and value', () => {
  expect(readSettings(' kubelet.kubeReserved = cpu=500m,memory=1Gi \n\nkube-controller-manager.controllers=*,-job\nkubelet.clusterDNS')).toEqual({
    'kubelet.kubeReserved': 'cpu=500m,memory=1Gi', 'kube-controller-manager.controllers': '*,-job', 'kubelet.clusterDNS': '',
  })
})
