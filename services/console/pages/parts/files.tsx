import { useMutation } from '@tanstack/react-query'
import { type FileType, saveFile } from '../ask/save-file.ts'
import { Failure } from './answer.tsx'

/** What is shown, to be taken away as a file. */
export function Files({
  says,
  url,
  name,
  types,
}: {
  readonly says: string
  readonly url: string
  /** Of the file, without its ending. */
  readonly name: string
  readonly types: readonly FileType[]
}) {
  const saving = useMutation({ mutationFn: (type: FileType) => saveFile(url, name, type) })
  return (
    <div className="files">
      <span>{says}</span>
      {types.map(type => (
        <button key={type} type="button" disabled={saving.isPending} onClick={() => saving.mutate(type)}>
          {type}
        </button>
      ))}
      {saving.error === null ? null : <Failure error={saving.error} />}
    </div>
  )
}
