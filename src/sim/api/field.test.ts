import { describe, expect, it } from 'vitest'
import { at, child, ErrorList, findings, goQuote, invalidValue, notSupported, required, tooLong, tooMany } from './field.ts'
import { alreadyExists, conflict, forbidden, internalError, invalid, isConflict, isNotFound, isStatus, notFound, OPTIMISTIC_LOCK } from './status.ts'

describe('field errors', () => {
  it('read as in Kubernetes', () => {
    expect(ErrorList.one(invalidValue('spec.x', 'a"b\n', 'is bad'))).toBe('spec.x: Invalid value: "a\\"b\\n": is bad')
    expect(ErrorList.one(required('a'))).toBe('a: Required value')
    expect(ErrorList.one(notSupported('p', 'x', ['A', 'B']))).toBe('p: Unsupported value: "x": supported values: "A", "B"')
    expect(ErrorList.one(tooLong('p', 1))).toBe('p: Too long: may not be more than 1 byte')
    expect(ErrorList.one(tooMany('p', 9, 8))).toBe('p: Too many: 9: must have at most 8 items')
    expect(goQuote('\u0007\u00a0é')).toBe('"\\a\\u00a0é"')
  })

  it('say equal messages once', () => {
    expect(ErrorList.text([required('a'), required('a')])).toBe('a: Required value')
    expect(ErrorList.text([required('a'), required('b')])).toBe('[a: Required value, b: Required value]')
  })
})

describe('Status errors', () => {
  const pods = { group: '', resource: 'pods' }
  it('have the code, reason and message of the real server', () => {
    expect(notFound({ group: 'apps', resource: 'deployments' }, 'web')).toMatchObject({ code: 404, reason: 'NotFound', message: 'deployments.apps "web" not found' })
    expect(alreadyExists(pods, 'p')).toMatchObject({ code: 409, message: 'pods "p" already exists' })
    expect(conflict(pods, 'p', OPTIMISTIC_LOCK).message).toMatch(/^Operation cannot be fulfilled on pods "p": the object has been modified/)
    expect(forbidden(pods, '', 'no').message).toBe('pods is forbidden: no')
    expect(internalError('x')).toMatchObject({ code: 500, message: 'Internal error occurred: x' })
    expect(invalid({ group: '', kind: 'Pod' }, 'p', [required('a')])).toMatchObject({
      code: 422, message: 'Pod "p" is invalid: a: Required value', details: { name: 'p', kind: 'Pod', causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'a' }] },
    })
  })

  it('are told from objects', () => {
    expect(isStatus(notFound(pods, 'p'))).toBe(true)
    expect(isStatus({ kind: 'Pod', status: { phase: 'Running' } })).toBe(false)
    expect(isNotFound(notFound(pods, 'p'))).toBe(true)
    expect(isConflict(notFound(pods, 'p'))).toBe(false)
  })
})

describe('findings', () => {
  const asks = (bad: boolean, seen: string[] = []) => () => {
    const path = at(child('spec', 'items'), 2)
    seen.push(path)
    return bad ? [required(path)] : []
  }

  it('asks once, and without paths, where all is well', () => {
    const seen: string[] = []
    expect(findings(asks(false, seen), 0, 0, 0)).toEqual([])
    expect(seen).toEqual(['spec'])
  })

  it('tells the paths of what it finds, within another one too', () => {
    expect(findings(asks(true), 0, 0, 0)).toEqual([required('spec.items[2]')])
    expect(findings(() => findings(asks(true), 0, 0, 0), 0, 0, 0)).toEqual([required('spec.items[2]')])
  })

  it('writes paths again after a check that throws', () => {
    expect(() => findings(() => { throw new Error('a bug') }, 0, 0, 0)).toThrow('a bug')
    expect(child('spec', 'items')).toBe('spec.items')
  })
})
