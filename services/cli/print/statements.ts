import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StatedRevision } from '@forbruk/close/statements/find-revision.ts'
import { readPayerStatements } from '@forbruk/close/statements/read-payer-statements.ts'
import { renderStatement } from '@forbruk/console/statement-page/render-statement.ts'
import type { Store } from '@forbruk/infra/store/store.ts'

export type Printing = {
  readonly store: Store
  readonly stated: StatedRevision
  readonly timeZone: string
  /** Must be there. */
  readonly directory: string
  /** Neighbouring payers by id, as many at a time as are to be read together. */
  readonly pages: Iterable<readonly Payer[]> | AsyncIterable<readonly Payer[]>
  readonly onPrinted: (count: number) => void
}

type Payer = { readonly payerId: string }

/** Writes a page for each payer that has a statement, and answers the files. */
export async function printStatements(printing: Printing): Promise<string[]> {
  const { store, stated, timeZone, directory, pages, onPrinted } = printing
  const files: string[] = []
  for await (const page of pages) {
    const [first, last] = [page[0]?.payerId, page.at(-1)?.payerId]
    if (first === undefined || last === undefined) continue
    for (const statement of await readPayerStatements(store, stated, { first, last }, timeZone)) {
      const file = join(directory, fileNameOf(stated, statement.payerId))
      await writeFile(file, renderStatement(statement))
      files.push(file)
    }
    onPrinted(files.length)
  }
  return files
}

/** An id is any text: only what every file system takes is kept as it is, so that no two ids share a name. */
export function fileNameOf(
  { month, revision }: Pick<StatedRevision, 'month' | 'revision'>,
  payerId: string,
): string {
  const name = [...Buffer.from(payerId, 'utf8')]
    .map(byte => {
      const character = String.fromCharCode(byte)
      return /[a-z0-9-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
  return `${month}-r${revision}-${name.length <= NAME_CHARACTERS_MAX ? name : hashOf(payerId)}.html`
}

/** File systems take 255 bytes. */
const NAME_CHARACTERS_MAX = 200

function hashOf(payerId: string): string {
  return createHash('sha256').update(payerId).digest('hex')
}
