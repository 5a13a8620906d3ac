import type { ReactNode } from 'react'
import { TerminalPanel } from '../../src/ui/terminal/TerminalPanel.tsx'

const WORDS = ['kubectl', 'get', 'describe', 'pods', 'podtemplates', 'deployments', 'nodes']

/** A terminal whose shell only repeats what it hears. */
export function TerminalStory(): ReactNode {
  return (
    <div style={{ height: '50%', width: '100%' }}>
      <TerminalPanel
        prompt="$ "
        greeting="A shell that repeats."
        run={async (line, write) => write(`\x1b[32m${line}\x1b[0m 就绪 ok\n`)}
        complete={async (line, cursor) => {
          const replaceFrom = line.lastIndexOf(' ', cursor - 1) + 1
          return { replaceFrom, candidates: WORDS.filter((word) => word.startsWith(line.slice(replaceFrom, cursor))) }
        }}
        interrupt={() => undefined}
      />
    </div>
  )
}
