/** The classes that a tariff can leave out. `0xx`: no response was sent. */
export const TARIFF_STATUS_CLASSES = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx', '429'] as const

/**
 * The classes that requests are counted by, as the store names them; a class's place here is its number there. Since
 * fold version 2 two are told apart from `4xx`: `429`, which is the gateway's own refusal, and `401/407`, where nobody
 * has shown to be the client that is named.
 */
export const STATUS_CLASSES = [...TARIFF_STATUS_CLASSES, '401/407'] as const
export type StatusClass = (typeof STATUS_CLASSES)[number]
