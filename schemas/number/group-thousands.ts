/** Whole numbers as text, by threes from the right: `-1234567` as `-1 234 567`. */
export function groupThousands(whole: string, separator: string): string {
  const start = whole.startsWith('-') ? 1 : 0
  const first = (whole.length - start) % 3
  const groups = first === 0 ? [] : [whole.slice(start, start + first)]
  for (let at = start + first; at < whole.length; at += 3) groups.push(whole.slice(at, at + 3))
  return whole.slice(0, start) + groups.join(separator)
}
