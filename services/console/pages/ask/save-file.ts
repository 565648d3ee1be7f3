import { Problem } from './problem.ts'

/** As the API has tables: each by its media type. */
const MEDIA_TYPES = {
  csv: 'text/csv',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
} as const

export type FileType = keyof typeof MEDIA_TYPES

/** Asks for a table as a file and has the browser save it: a link could not say as what. Throws Problem. */
export async function saveFile(url: string, name: string, type: FileType): Promise<void> {
  const answer = await fetch(url, { headers: { accept: MEDIA_TYPES[type] } })
  if (!answer.ok) throw new Problem(answer.status, await answer.json())
  const address = URL.createObjectURL(await answer.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = `${name}.${type}`
  link.click()
  URL.revokeObjectURL(address)
}
