import type { Language } from '@forbruk/schemas/statement/language.ts'

/** Of the days and months of every usage view. */
export const TIME_ZONE = 'Europe/Oslo'

/** What is looked at: how many requests, or how much they carried. */
export type Measure = 'requests' | 'bytes'

/** Figures, dates and months as readers of one locale write them. Counts and money are decimal text, and stay exact. */
export type Format = ReturnType<typeof createFormat>

export function createFormat(locale: string) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const oneDecimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const decimals = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 })
  const mark = decimals.formatToParts(0.5).find(part => part.type === 'decimal')?.value
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'NOK',
    minimumFractionDigits: 2,
  })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  })
  const dated = (options: Intl.DateTimeFormatOptions, timeZone = 'UTC') => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone })
    return (instant: string) => format.format(new Date(instant))
  }
  const day = dated({ day: 'numeric', month: 'long' })
  const month = dated({ month: 'long', year: 'numeric' })
  const monthShort = dated({ month: 'short' })
  const exactly = (format: Intl.NumberFormat, text: string) => (isDecimal(text) ? format.format(text) : text)
  const count = (text: string) => exactly(whole, text)
  const bytes = (text: string) => formatBytes(three, Number(text))
  const dayLong = dated({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const clock = dated({ hour: '2-digit', minute: '2-digit' }, TIME_ZONE)
  return {
    locale,
    count,
    /** As exact as it is. */
    decimal: (text: string) => exactly(decimals, text),
    /** A decimal as it is typed into a field. */
    typed: (text: string) => (mark === ',' ? text.replace('.', ',') : text),
    oneDecimal: (text: string) => exactly(oneDecimal, text),
    compact: (value: number) => compact.format(value),
    nok: (text: string) => exactly(money, text),
    bytes,
    percent: (share: number) => percent.format(share),
    change: (share: number) => change.format(share),
    /** `2026-10-14` */
    day: (iso: string) => day(iso),
    dayLong,
    weekday: dated({ weekday: 'short' }),
    /** `2026-10` */
    month: (iso: string) => month(`${iso}-01`),
    /** For where there is room for little. */
    monthShort: (iso: string) => monthShort(`${iso}-01`),
    instant: dated({ dateStyle: 'medium', timeStyle: 'short' }, TIME_ZONE),
    clock,
    /** How a chart names its figures: short on the axis, exact where one is pointed at. */
    ofMeasure: (measure: Measure) =>
      measure === 'requests'
        ? { onAxis: compact.format, inFull: (value: number) => count(String(value)) }
        : {
            onAxis: (value: number) => bytes(String(value)),
            inFull: (value: number) => bytes(String(value)),
          },
    /** How it names the days of a month, and the hours of a day. */
    ofDays: { nameOf: (day: string) => String(Number(day.slice(8))), nameInFull: dayLong, namedOf: 5 },
    ofHours: { nameOf: clock, nameInFull: clock, namedOf: 4 },
  }
}

function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text)
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Decimal units, as prices have them; what is exact stands in the SQL beside it, and in the element's value. */
function formatBytes(format: Intl.NumberFormat, bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return `${format.format(bytes / 1_000 ** power)} ${UNITS[power]}`
}

/** The reader's own English, where the browser tells one. */
export function localeOf(language: Language, preferred: readonly string[]): string {
  if (language === 'nb') return 'nb-NO'
  return preferred.find(each => each.startsWith('en')) ?? 'en-GB'
}
