import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './ui/app/App.tsx'
import { session } from './ui/connection/session.ts'
import { startI18n } from './ui/i18n/i18n.ts'
import './ui/theme/base.css'
import { startTheme } from './ui/theme/theme.ts'

startTheme()
const worker = (): Worker => new Worker(new URL('./workers/cluster.worker.ts', import.meta.url), { type: 'module', name: 'cluster' })
void session.start(worker)
await startI18n()
const root = document.getElementById('root')
if (root !== null) createRoot(root).render(<StrictMode><App /></StrictMode>)
void import('./ui/kit/offline.ts').then(({ startOffline }) => startOffline())
