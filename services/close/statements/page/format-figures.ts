import { groupThousands } from '@forbruk/schemas/number/group-thousands.ts'
import type { Language } from '@forbruk/schemas/statement/language.ts'
import { Temporal } from 'temporal-polyfill'

/**
 * Figures from exact decimal text, as readers of the language write them: no digit is lost on the way. Nothing in a
 * figure or a date breaks over a line's end.
 */
export const NO_BREAK_SPACE = '\u00a0'
const MINUS = '\u2212'

/** What stands between thousands, and before a fraction. */
const SEPARATORS = {
  nb: { thousands: NO_BREAK_SPACE, fraction: ',' },
  en: { thousands: ',', fraction: '.' },
} as const satisfies Record<Language, { readonly thousands: string; readonly fraction: string }>

/** `-1234567.5` as `−1 234 567,5`, in English as `−1,234,567.5`. */
export function formatDecimal(decimal: string, language: Language): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? []
  const separators = SEPARATORS[language]
  const grouped = groupThousands(whole, separators.thousands)
  const kept = fraction.length > 2 ? trimZeros(fraction) : fraction
  return `${sign === '' ? '' : MINUS}${grouped}${kept === '' ? '' : `${separators.fraction}${kept}`}`
}

/** With two decimals at least, as prices are: `149` as `149,00`, and `0.017` as `0,017`. */
export function formatPrice(decimal: string, language: Language): string {
  const [whole = '', fraction = ''] = decimal.split('.')
  return formatDecimal(`${whole}.${trimZeros(fraction).padEnd(2, '0')}`, language)
}

function trimZeros(fraction: string): string {
  let end = fraction.length
  while (fraction[end - 1] === '0') end -= 1
  return fraction.slice(0, end)
}

/** With its sign, for what is added or taken away. */
export function formatSigned(decimal: string, language: Language): string {
  const isPlus = /[1-9]/.test(decimal) && !decimal.startsWith('-')
  return `${isPlus ? '+' : ''}${formatDecimal(decimal, language)}`
}

/** `310000019` as `310 000 019`. */
export function formatOrganisationNumber(number: string): string {
  return groupThousands(number, NO_BREAK_SPACE)
}

/** Made once: to make one takes longer than a page. */
const FORMATS = {
  nb: {
    month: formatOf('nb-NO', { month: 'long' }),
    date: formatOf('nb-NO', { day: 'numeric', month: 'long' }),
  },
  en: {
    month: formatOf('en-GB', { month: 'long' }),
    date: formatOf('en-GB', { day: 'numeric', month: 'long' }),
  },
} as const satisfies Record<Language, Record<'month' | 'date', Intl.DateTimeFormat>>

/** A day has no time zone: it is the same on any clock, so that UTC is as good as another. */
function formatOf(locale: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...parts, year: 'numeric', timeZone: 'UTC' })
}

/** `2026-10` as `oktober 2026`. */
export function formatMonth(month: string, language: Language): string {
  return spell(FORMATS[language].month, `${month}-01`)
}

/** `2026-10-01` as `1. oktober 2026`. */
export function formatDate(date: string, language: Language): string {
  return spell(FORMATS[language].date, date)
}

function spell(format: Intl.DateTimeFormat, date: string): string {
  return format.format(new Date(`${date}T00:00:00Z`)).replaceAll(/\s/g, NO_BREAK_SPACE)
}

/** An instant's date and time of day in a time zone: `2. november 2026` and `06:00`. */
export function formatMoment(
  iso: string,
  timeZone: string,
  language: Language,
): { readonly date: string; readonly time: string } {
  const local = Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone)
  return {
    date: formatDate(local.toPlainDate().toString(), language),
    time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
  }
}

/** As `formatBytes`, with its sign. */
export function formatSignedBytes(bytes: string, language: Language): string {
  return `${/^0*$|^-/.test(bytes) ? '' : '+'}${formatBytes(bytes, language)}`
}

const STEPS: readonly (readonly [limit: bigint, unit: string])[] = [
  [1_000_000_000_000n, 'TB'],
  [1_000_000_000n, 'GB'],
  [1_000_000n, 'MB'],
  [1_000n, 'kB'],
]

/** To the hundredth of the largest unit that fits, or that fits `like`, for reading; decimal units. */
export function formatBytes(bytes: string, language: Language, like = bytes): string {
  const [sign, count] = bytes.startsWith('-') ? [MINUS, BigInt(bytes.slice(1))] : ['', BigInt(bytes)]
  const [limit, unit] = STEPS.find(([least]) => BigInt(like.replace('-', '')) >= least) ?? [1n, 'B']
  if (limit === 1n) return `${sign}${formatDecimal(String(count), language)}${NO_BREAK_SPACE}${unit}`
  const hundredths = (count * 100n + limit / 2n) / limit
  const fraction = String(hundredths % 100n).padStart(2, '0')
  return `${sign}${formatDecimal(`${hundredths / 100n}.${fraction}`, language)}${NO_BREAK_SPACE}${unit}`
}
