/** A programmer's error: a rule of the code itself was broken. Never shown for bad input. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Throws an InvariantError with `message` unless `condition` holds. The message says what must be true and what was found; it is
 * made in any case, so what runs for every event asks by itself and calls `broken`.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

export function broken(message: string): never {
  throw new InvariantError(message)
}
