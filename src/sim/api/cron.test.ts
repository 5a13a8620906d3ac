import { describe, expect, it } from 'vitest'
import { parseCron, type CronSchedule } from './cron.ts'

const values = (text: string): Readonly<Record<string, readonly number[]>> => {
  const s = parseCron(text) as CronSchedule
  return Object.fromEntries((['minute', 'hour', 'dom', 'month', 'dow'] as const).map((k) => [k, [...s[k].values]]))
}

describe('schedules', () => {
  it('read ranges, steps, lists and names', () => {
    expect(values('*/20 8-10 1,15 jan-mar MON')).toEqual({ minute: [0, 20, 40], hour: [8, 9, 10], dom: [1, 15], month: [1, 2, 3], dow: [1] })
    expect(values('5/25 0 ? * 6')['minute']).toEqual([5, 30, 55])
    expect((parseCron('* */2 * * *') as CronSchedule).minute.star).toBe(true)
    expect((parseCron('* */2 * * *') as CronSchedule).hour.star).toBe(false)
  })

  it('read descriptors and periods', () => {
    expect(values('@weekly')).toMatchObject({ minute: [0], hour: [0], dow: [0] })
    expect(parseCron('@every 1h30m')).toMatchObject({ every: 5400 * 1_000_000 })
  })

  it.each([
    ['', 'empty spec string'],
    ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/1/2 * * * *', 'too many slashes: */1/2'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@never', 'unrecognized descriptor: @never'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
    ['TZ=Mars/Base * * * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
    ['TZ=UTC', 'invalid schedule format: runtime error: slice bounds out of range [3:-1]'],
  ])('refuse %j as the library does', (text, words) => {
    expect(parseCron(text)).toBe(words)
  })
})
