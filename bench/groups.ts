/** Rows that need no browser, by group. Each group has a process of its own: what one leaves on the heap and in the compiler would be measured with the next. */
export const GROUPS = ['rollouts', 'detailed', 'huge', 'quiet', 'scheduler', 'slope', 'history', 'requests', 'node'] as const
export type Group = (typeof GROUPS)[number]
