import { beforeEach, describe, expect, test } from 'vitest'
import { closeTerminal, freeTerminal, markTerminal, MOST_TERMINALS, openTerminal, resetTerminals, terminals } from './sessions.ts'

describe('terminals side by side', () => {
  beforeEach(resetTerminals)

  test('a new one never has the number of a closed one', () => {
    expect(openTerminal()).toBe(2)
    closeTerminal(2)
    expect(openTerminal()).toBe(3)
    expect(terminals.getState()).toMatchObject({ open: [1, 3], active: 3 })
  })
  test('when the one in front is closed its neighbour comes to the front; the last one stays', () => {
    openTerminal()
    closeTerminal(2)
    closeTerminal(1)
    expect(terminals.getState()).toMatchObject({ open: [1], active: 1 })
  })
  test('a line of the page runs where nothing else does', () => {
    markTerminal(1, true)
    expect(freeTerminal()).toBe(2)
    markTerminal(2, true)
    markTerminal(1, false)
    expect(freeTerminal()).toBe(1)
    expect(terminals.getState().active).toBe(1)
  })
  test('and nowhere when all are busy', () => {
    for (let id = 1; id <= MOST_TERMINALS; id++) {
      if (id > 1) openTerminal()
      markTerminal(id, true)
    }
    expect(openTerminal()).toBeNull()
    expect(freeTerminal()).toBeNull()
    expect(terminals.getState()).toMatchObject({ active: MOST_TERMINALS, open: [1, 2, 3, 4, 5, 6] })
  })
})
