/** All but line ends and tabs that a terminal would obey, or that would show a text in another order than it has. */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Names, log lines and SQL are anybody's: on a terminal they are shown, and never obeyed. What was JSON stays the same
 * JSON.
 */
export function makePrintable(text: string): string {
  return text.replaceAll(UNPRINTABLE, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
