/** `1 client`, `2 clients`. Takes a count as it is written for the reader: one is written alike everywhere. */
export function countOf(count: string, one: string, many: string): string {
  return `${count} ${count === '1' ? one : many}`
}
