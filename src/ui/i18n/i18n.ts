import i18next from 'i18next'
import { useSyncExternalStore } from 'react'
import { initReactI18next } from 'react-i18next'
import { english } from './english.ts'
import { namespaces } from './namespaces.ts'

/** The languages of the page. Kubernetes' own words, messages and kubectl's output stay English in both. */
export type Language = 'en' | 'zh-CN'
export const LANGUAGES: readonly Language[] = ['en', 'zh-CN']

const KEY = 'orrery.language'

function stored(): Language {
  try {
    return /^zh/i.test(localStorage.getItem(KEY) ?? navigator.language) ? 'zh-CN' : 'en'
  } catch {
    return 'en'
  }
}

async function load(language: Language): Promise<void> {
  if (language === 'en' || i18next.hasResourceBundle(language, 'common')) return
  const { chinese } = await import('./chinese.ts')
  for (const [space, texts] of Object.entries(namespaces(chinese))) i18next.addResourceBundle(language, space, texts)
}

/** Sets the texts up in the stored or the browser's language. Await it before the first rendering. */
export async function startI18n(language: Language = stored()): Promise<void> {
  const resources = { en: namespaces(english) }
  await i18next.use(initReactI18next).init({
    resources,
    lng: 'en',
    fallbackLng: 'en',
    ns: [...Object.keys(resources.en), 'sentences', 'anatomy', 'help', 'inspector', 'loops', 'terminal'],
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    react: { useSuspense: false, bindI18nStore: 'added' },
  })
  void import('./english-later.ts').then(({ englishLater }) => {
    for (const [space, texts] of Object.entries(namespaces(englishLater))) i18next.addResourceBundle('en', space, texts)
  })
  await show(language)
}

async function show(language: Language): Promise<void> {
  await load(language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** Changes the language, remembers it, and renders everything that shows a text again. */
export async function setLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
  await show(language)
}

export function currentLanguage(): Language {
  return i18next.language === 'zh-CN' ? 'zh-CN' : 'en'
}

function subscribe(listener: () => void): () => void {
  i18next.on('languageChanged', listener)
  return () => i18next.off('languageChanged', listener)
}

/** The language that is shown; renders again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage)
}

/** A sentence of the simulation in the shown language; `fallback` where nobody has written one for its id. */
export function sentenceText(
  sentence: { readonly id: string; readonly params: Readonly<Record<string, string | number>> },
  fallback: string,
): string {
  return i18next.t(sentence.id, { ...sentence.params, ns: 'sentences', defaultValue: fallback })
}
