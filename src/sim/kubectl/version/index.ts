import type { JsonValue } from '../../api/meta.ts'
import { VERSION } from '../client-version.ts'
import type { Verb } from '../context.ts'
import { fail, usage } from '../failure.ts'
import { prettyJson } from '../print-json.ts'
import { toYaml } from '../print-yaml.ts'

const KUSTOMIZE = 'v5.8.1'

const info = { major: '1', minor: '36', gitVersion: VERSION, platform: 'linux/amd64' }

export const versionVerb: Verb = {
  name: 'version',
  summary: 'Say which version this is',
  usage: ['kubectl version', 'kubectl version --client -o yaml'],
  run(ctx, inv) {
    if (inv.args.length > 0) usage('version', `extra arguments: [${inv.args.join(' ')}]`)
    const client = inv.flags.bool('client')
    const value: JsonValue = { clientVersion: info, kustomizeVersion: KUSTOMIZE, ...(client ? {} : { serverVersion: info }) }
    switch (inv.flags.text('output')) {
      case '':
        ctx.out(`Client Version: ${VERSION}\nKustomize Version: ${KUSTOMIZE}\n${client ? '' : `Server Version: ${VERSION}\n`}`)
        return 0
      case 'yaml':
        ctx.out(toYaml(value))
        return 0
      case 'json':
        ctx.out(`${prettyJson(value, '  ', '', false)}\n`)
        return 0
      default:
        return fail("--output must be 'yaml' or 'json'")
    }
  },
}
