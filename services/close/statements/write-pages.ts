import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@forbruk/infra/store/store.ts'
import { fileNameOf } from './file-name.ts'
import type { StatedRevision } from './find-revision.ts'
import { payerPages } from './list-payers.ts'
import { renderStatement } from './page/render-statement.ts'
import { readPayerStatements } from './read-payer-statements.ts'

type Writing = {
  readonly store: Store
  readonly stated: StatedRevision
  readonly timeZone: string
  /** Made when missing. */
  readonly directory: string
  /** Null: every payer. */
  readonly payerId: string | null
  readonly onWritten: (count: number) => void
}

/** Read together; a page of HTML each. */
const PAYERS_AT_ONCE = 1_000

/** Writes a page for each payer that has a statement, and answers the files. */
export async function writePages(writing: Writing): Promise<string[]> {
  const { store, stated, timeZone, directory, payerId, onWritten } = writing
  await mkdir(directory, { recursive: true })
  const pages = payerId === null ? payerPages(store, stated, PAYERS_AT_ONCE) : [[{ payerId }]]
  const files: string[] = []
  for await (const page of pages) {
    const [first, last] = [page[0]?.payerId, page.at(-1)?.payerId]
    if (first === undefined || last === undefined) continue
    for (const statement of await readPayerStatements(store, stated, { first, last }, timeZone)) {
      const file = join(directory, fileNameOf(stated, statement.payerId))
      await writeFile(file, renderStatement(statement))
      files.push(file)
    }
    onWritten(files.length)
  }
  return files
}
