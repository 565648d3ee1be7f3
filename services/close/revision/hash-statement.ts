import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'

/** Use that counted as a whole is hashed as it was before statements said so: a month closed by then keeps its hash. */
export function hashStatement({ usage, ...statement }: Statement): string {
  const hashed = usage.map(({ notCounted, ...use }) =>
    notCounted.length === 0 ? use : { ...use, notCounted },
  )
  return hashContent({ ...statement, usage: hashed })
}
