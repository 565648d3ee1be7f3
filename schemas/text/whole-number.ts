import { z } from 'zod'

/**
 * A whole number as people and programs write one: decimal digits and nothing else. `Number` alone reads far more: an
 * empty text and spaces as 0, `0x10` as 16, `1e3` as 1000, and rounds what is above 2^53.
 */
export function wholeNumberShape(least: number, most: number): z.ZodType<number, string> {
  const error = `a whole number from ${least} to ${most}, in decimal digits`
  return z
    .string({ error })
    .refine(text => isWholeNumber(text, least, most), { error })
    .meta({ type: 'integer', minimum: least, maximum: most })
    .transform(Number)
}

const DIGITS = /^[0-9]{1,16}$/

function isWholeNumber(text: string, least: number, most: number): boolean {
  const value = Number(text)
  return DIGITS.test(text) && Number.isSafeInteger(value) && value >= least && value <= most
}

/** The same of a number that may have a fraction, after a point. */
export function decimalNumberShape(least: number, most: number): z.ZodType<number, string> {
  const error = `a number from ${least} to ${most}, in decimal digits`
  const isRight = (text: string) =>
    /^[0-9]{1,15}(\.[0-9]{1,6})?$/.test(text) && Number(text) >= least && Number(text) <= most
  return z.string({ error }).refine(isRight, { error }).transform(Number)
}
