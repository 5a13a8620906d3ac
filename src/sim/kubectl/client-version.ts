/** The version of this kubectl. */
export const VERSION = 'v1.36.2'
