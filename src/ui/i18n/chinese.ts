/** Every Chinese namespace; fetched when the page is first shown in Chinese. */
export const chinese = import.meta.glob<Record<string, unknown>>('./zh/*.json', { eager: true, import: 'default' })
