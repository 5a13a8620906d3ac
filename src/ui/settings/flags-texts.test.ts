import { expect, test } from 'vitest'
import { flatten } from '../../../scripts/tidy/texts.ts'
import { ALL_FLAGS, idOf } from '../../sim/flags/index.ts'
import en from '../i18n/en/flags.json'
import zh from '../i18n/zh/flags.json'

test.each([['English', en.about], ['Chinese', zh.about]])('every setting says what it does, in %s', (_language, about) => {
  const texts = flatten(about)
  expect(ALL_FLAGS.map(idOf).filter((id) => !texts.has(id))).toEqual([])
})
