/** Figures as Norwegian readers write them, from exact decimal text: no digit is lost on the way. */
const NO_BREAK_SPACE = '\u00a0'
const MINUS = '\u2212'

/** `-1234567.5` as `−1 234 567,5`. */
export function formatDecimal(decimal: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? []
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, NO_BREAK_SPACE)
  const kept = fraction.length > 2 ? fraction.replace(/0+$/, '') : fraction
  return `${sign === '' ? '' : MINUS}${grouped}${kept === '' ? '' : `,${kept}`}`
}

/** With its sign, for what is added or taken away. */
export function formatSigned(decimal: string): string {
  const isZero = !/[1-9]/.test(decimal)
  return isZero || decimal.startsWith('-') ? formatDecimal(decimal) : `+${formatDecimal(decimal)}`
}

/** `2026-10` as `October 2026`. */
export function formatMonth(month: string): string {
  return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  )
}

/** To the minute, in UTC. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

const STEPS: readonly (readonly [limit: bigint, unit: string])[] = [
  [1_000_000_000_000n, 'TB'],
  [1_000_000_000n, 'GB'],
  [1_000_000n, 'MB'],
  [1_000n, 'kB'],
]

/** To the hundredth of the largest unit that fits, or that fits `like`, for reading; decimal units. */
export function formatBytes(bytes: string, like = bytes): string {
  const count = BigInt(bytes)
  const [limit, unit] = STEPS.find(([least]) => BigInt(like) >= least) ?? [1n, 'B']
  if (limit === 1n) return `${formatDecimal(bytes)}${NO_BREAK_SPACE}${unit}`
  const hundredths = (count * 100n + limit / 2n) / limit
  const fraction = String(hundredths % 100n).padStart(2, '0')
  return `${formatDecimal(`${hundredths / 100n}.${fraction}`)}${NO_BREAK_SPACE}${unit}`
}
