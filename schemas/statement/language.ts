/** Languages that a statement's page can be had in: Norwegian (bokmål) and English. */
export const LANGUAGES = ['nb', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
