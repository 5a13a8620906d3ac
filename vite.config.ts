import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const monacoRoot = fileURLToPath(new URL('./node_modules/monaco-editor/esm/vs/', import.meta.url))

interface Modules {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null
}

/** The modules that a root imports statically, however far: what has to be there before it can run. */
function reachedFrom(root: RegExp): (id: string, modules: Modules) => boolean {
  const known = new Map<string, boolean>()
  const reached = (id: string, modules: Modules): boolean => {
    const before = known.get(id)
    if (before !== undefined) return before
    known.set(id, root.test(id))
    const found = root.test(id) || (modules.getModuleInfo(id)?.importers ?? []).some((importer) => reached(importer, modules))
    known.set(id, found)
    return found
  }
  return reached
}

const ofPage = reachedFrom(/\/src\/main\.tsx$/)
const ofMap = reachedFrom(/\/src\/ui\/views\/cluster\/ClusterView\.tsx$/)

/** One file for the page and one for its first view; cut into one a shared module they would compress badly. */
const firstChunk = (id: string, modules: Modules): string | null => (ofPage(id, modules) ? 'page' : ofMap(id, modules) ? 'ClusterView' : null)

/** The site is static and may live under any path, so every address is relative. */
export default defineConfig({
  base: './',
  plugins: [
    react(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      manifest: {
        name: 'Orrery: a clockwork Kubernetes',
        short_name: 'Orrery',
        description: 'A deterministic simulation of a whole Kubernetes cluster, stepped forward and back.',
        theme_color: '#0e161e',
        background_color: '#0e161e',
        display: 'standalone',
        start_url: './',
        icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,woff2,svg,json,ttf}'],
        maximumFileSizeToCacheInBytes: 12_000_000,
        cleanupOutdatedCaches: true,
      },
    }),
  ],
  // monaco-yaml reaches into Monaco by its old deep paths, which the package no longer exports.
  resolve: { alias: [{ find: /^monaco-editor\/esm\/vs\/(.*)$/, replacement: `${monacoRoot}$1` }] },
  worker: { format: 'es' },
  // Workers are entries too: what only they import would otherwise be found late and reload the page in development.
  optimizeDeps: { entries: ['index.html', 'src/workers/*.worker.ts', 'src/ui/editor/yaml.worker.ts'] },
  build: { target: 'es2022', modulePreload: { polyfill: false }, sourcemap: false, chunkSizeWarningLimit: 4_000, rolldownOptions: { output: { codeSplitting: { groups: [{ name: firstChunk }] } } } },
  server: { host: 'localhost' },
  preview: { host: 'localhost' },
})
