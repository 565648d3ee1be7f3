/**
 * Control characters, and those that show nothing: they turn the text around, join, fill, choose a variant, are half a
 * character, or nobody has given them a sign. The blank of Braille is one as well, which Unicode counts as a sign.
 */
export const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/u
/** A white space that looks like the plain one and isn't. */
export const ODD_SPACE = /[^\S ]/

/** Whether a text looks like no other one: all of it is seen, and in Unicode's form NFC. */
export function isInOneForm(text: string): boolean {
  return !UNSEEN.test(text) && !ODD_SPACE.test(text) && text.normalize('NFC') === text
}
