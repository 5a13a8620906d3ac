import { builtPage } from '../built-page.ts'
import type { Row, Unmeasured } from '../row.ts'
import type { PageNumbers } from '../page.ts'

let numbers: PageNumbers | Unmeasured | undefined

/** The page is opened once for all rows. */
async function page(): Promise<PageNumbers | Unmeasured> {
  if (numbers) return numbers
  try {
    const { measurePage } = await import('../page.ts')
    numbers = await measurePage(await builtPage())
  } catch (reason) {
    numbers = { why: reason instanceof Error ? reason.message.split('\n')[0]! : String(reason) }
  }
  return numbers
}

const of = (key: keyof PageNumbers) => async (): Promise<number | Unmeasured> => {
  const found = await page()
  if ('why' in found) return found
  return found[key] ?? { why: 'the page does not show it yet' }
}

export const pageRows: readonly Row[] = [
  { name: 'page, cold cache, to first pod Running', unit: 's', goal: 2, better: 'lower', reference: 'k3d 20, kind 33', measure: of('firstPodSeconds') },
  { name: 'longest block of the main thread, rolling update of 1,000 playing', unit: 'ms', goal: 50, better: 'lower', reference: 'webernetes blocks 18000 at 500', measure: of('longestBlockMs') },
  { name: 'frames, pan and zoom, 1,000 pods', unit: 'fps', goal: 60, better: 'higher', reference: 'React Flow alone: 12 at 10,000', measure: of('framesAt1000') },
  { name: 'frames, pan and zoom, 150,000 pods', unit: 'fps', goal: 30, better: 'higher', reference: 'React Flow alone: 12 at 10,000', measure: of('framesAt150000') },
]
