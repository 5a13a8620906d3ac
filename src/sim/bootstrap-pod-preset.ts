import type { KubeObject } from './api/meta.ts'
import { createObject } from './apiserver/installing.ts'
import type { ApiServer } from './apiserver/server.ts'
import type { EventContext } from './engine/engine.ts'
import type { Flags } from './flags/index.ts'
import { ENABLE_ADMISSION_PLUGINS } from './flags/kube-apiserver.ts'

const named = (more: Readonly<Record<string, unknown>> = {}): object => ({ type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 }, ...more }, 'x-kubernetes-preserve-unknown-fields': true })
const strings = { type: 'object', additionalProperties: { type: 'string' } }

/**
 * settings.k8s.io/v1alpha1 PodPreset, which Kubernetes had as an alpha until v1.19. Here it is a custom kind that the server brings
 * with it while its admission plugin PodPreset is enabled; a cluster without the plugin does not know it, as v1.36 does not.
 */
const POD_PRESET_DEFINITION: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'podpresets.settings.k8s.io',
    annotations: { 'api-approved.kubernetes.io': 'unapproved, removed from Kubernetes in v1.20; a playground of what was before admission policies' },
  },
  spec: {
    group: 'settings.k8s.io',
    scope: 'Namespaced',
    names: { plural: 'podpresets', singular: 'podpreset', kind: 'PodPreset', listKind: 'PodPresetList' },
    versions: [
      {
        name: 'v1alpha1', served: true, storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'PodPreset injects environment and volumes into the pods of its namespace when they are created. Removed from Kubernetes in v1.20.',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  selector: {
                    type: 'object',
                    properties: {
                      matchLabels: strings,
                      matchExpressions: { type: 'array', items: { type: 'object', required: ['key', 'operator'], properties: { key: { type: 'string' }, operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }, values: { type: 'array', items: { type: 'string' } } } } },
                    },
                  },
                  env: { type: 'array', items: named({ value: { type: 'string' } }) },
                  envFrom: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
                  volumes: { type: 'array', items: named() },
                  volumeMounts: { type: 'array', items: { ...named({ mountPath: { type: 'string', minLength: 1 } }), required: ['name', 'mountPath'] } },
                },
                'x-kubernetes-validations': [{ rule: 'has(self.env) || has(self.envFrom) || has(self.volumes) || has(self.volumeMounts)', message: 'must specify at least one of volumes, env, envFrom, volumeMounts' }],
              },
            },
          },
        },
      },
    ],
  },
} as KubeObject

/** Lets the server know the kind once its admission plugin is enabled; what people have made of it stays when it is disabled again. */
export function servePodPresets(server: ApiServer, flags: Flags, ctx: EventContext): void {
  const isOn = flags.get(ENABLE_ADMISSION_PLUGINS).includes('PodPreset')
  if (isOn && !server.store.get(`customresourcedefinitions/${POD_PRESET_DEFINITION.metadata.name}`)) createObject(server, ctx, POD_PRESET_DEFINITION)
}
