import { createRoot } from 'react-dom/client'
import { startI18n } from '../../src/ui/i18n/i18n.ts'
import '../../src/ui/theme/base.css'
import { startTheme } from '../../src/ui/theme/theme.ts'
import { EditorStory } from './EditorStory.tsx'
import { KitStory } from './KitStory.tsx'
import { TerminalStory } from './TerminalStory.tsx'

// Never shipped: `npx vite`, then /e2e/stories/index.html?editor, ?kit or ?terminal.
const STORIES = { editor: EditorStory, kit: KitStory, terminal: TerminalStory } as const
const name = location.search.slice(1) as keyof typeof STORIES
const Story = STORIES[name] ?? KitStory

startTheme()
await startI18n()
createRoot(document.getElementById('root') as HTMLElement).render(<Story />)
