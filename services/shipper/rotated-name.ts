/** After the name: `.1`, `.2.gz`, `-20261101`, `.2026-11-01_00.gz`. */
const ROTATED_SUFFIX = /^[.-]\d[\w.-]*$/

export function isRotatedName(name: string, followed: string): boolean {
  return name.startsWith(followed) && ROTATED_SUFFIX.test(name.slice(followed.length))
}
