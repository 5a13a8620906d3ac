import { startTransition, useEffect, useRef, useState } from 'react'
import type { Answers, Query } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'

/**
 * The worker's answer to a question that depends on the shown instant. Asked again when the query or `fresh` changes,
 * one question at a time, so that playing fast never queues questions up. An answer like the last one changes nothing and
 * renders nothing. Undefined until the first answer.
 */
export function useAnswer<T extends Query['type']>(query: Extract<Query, { type: T }>, fresh: unknown): Answers[T] | undefined {
  const [answer, setAnswer] = useState<Answers[T] | undefined>(undefined)
  const latest = useRef(query)
  const asking = useRef(false)
  const again = useRef(false)
  const text = useRef('')
  useEffect(() => {
    if (latest.current !== query) {
      text.current = ''
      setAnswer(undefined)
    }
    latest.current = query
    if (asking.current) {
      again.current = true
      return
    }
    const ask = async (): Promise<void> => {
      asking.current = true
      try {
        do {
          again.current = false
          const asked = latest.current
          const found = await session.ask<T>(asked)
          const words = JSON.stringify(found)
          if (asked !== latest.current || words === text.current) continue
          text.current = words
          startTransition(() => setAnswer(found))
        } while (again.current)
      } catch {
        // The worker was lost; the page says so elsewhere.
      } finally {
        asking.current = false
      }
    }
    void ask()
  }, [query, fresh])
  return answer
}
