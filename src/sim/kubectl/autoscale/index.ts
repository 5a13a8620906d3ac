import type { Verb } from '../context.ts'
import { fail } from '../failure.ts'

export const autoscaleVerb: Verb = {
  name: 'autoscale',
  summary: 'Not modelled yet: there is no HorizontalPodAutoscaler controller here',
  usage: [],
  run(_ctx, inv) {
    if (!inv.flags.given('max')) fail('required flag(s) "max" not set')
    return fail('autoscale is not modelled here yet: nothing would act on a HorizontalPodAutoscaler; use kubectl scale')
  },
}
