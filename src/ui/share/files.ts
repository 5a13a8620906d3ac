import { report } from '../connection/announce.ts'
import { session } from '../connection/session.ts'

/** Hands the session to the browser as a file to download. */
export async function saveToFile(): Promise<void> {
  try {
    const text = JSON.stringify(await session.shared(), null, 1)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    link.download = 'orrery-session.json'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  } catch (error) {
    report(error)
  }
}
