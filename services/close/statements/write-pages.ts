import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import type { Language } from '@forbruk/schemas/statement/language.ts'
import { fileNameOf } from '../revision/file-name.ts'
import type { StatedRevision } from './find-revision.ts'
import { payerPages } from './list-payers.ts'
import { renderStatement } from './page/render-statement.ts'
import { readPayerStatements } from './read-payer-statements.ts'

type Writing = {
  readonly store: Store
  readonly stated: StatedRevision
  readonly timeZone: string
  readonly seller: Seller | null
  readonly language: Language
  /** Made when missing. */
  readonly directory: string
  /** Null: every payer. */
  readonly payerId: string | null
  readonly onWritten: (count: number) => void
}

/** Pages in both languages can lie in one folder. */
const EXTENSION = { nb: 'html', en: 'en.html' } as const satisfies Record<Language, string>

/** Read together; a page of HTML each. */
const PAYERS_AT_ONCE = 1_000

/** Writes a page for each payer that has a statement, and answers the files. */
export async function writePages(writing: Writing): Promise<string[]> {
  const { store, stated, timeZone, seller, language, directory, payerId, onWritten } = writing
  await mkdir(directory, { recursive: true })
  const pages = payerId === null ? payerPages(store, stated, PAYERS_AT_ONCE) : [[{ payerId }]]
  const stating = { timeZone, seller }
  const files: string[] = []
  for await (const page of pages) {
    const [first, last] = [page[0]?.payerId, page.at(-1)?.payerId]
    if (first === undefined || last === undefined) continue
    for (const statement of await readPayerStatements(store, stated, { first, last }, stating)) {
      const file = join(directory, fileNameOf(stated, statement.payerId, EXTENSION[language]))
      await writeFile(file, renderStatement(statement, language))
      files.push(file)
    }
    onWritten(files.length)
  }
  return files
}
