import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type DragEvent, type FormEvent, useEffect, useState } from 'react'
import { Problem } from '../../ask/problem.ts'
import { type Fault, type Imported, importRegistry } from '../../ask/registry.ts'
import { Failure } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { registryTexts } from './texts.ts'

const NAMES = ['clients', 'partners', 'integrations', 'activations'] as const
type Name = (typeof NAMES)[number]
type Texts = Partial<Record<Name, string>>

/** The four files of a registry, checked as a whole by the server; it stores them only without a mistake. */
export function Import() {
  const texts = useTexts(registryTexts)
  const queries = useQueryClient()
  const [files, setFiles] = useState<Texts>({})
  const [strangers, setStrangers] = useState<readonly string[]>([])
  const [garbled, setGarbled] = useState<readonly string[]>([])
  const [validFrom, setValidFrom] = useState('')
  const upload = useMutation({
    mutationFn: () => {
      const { clients = '', partners = '', integrations = '', activations = '' } = files
      const upload = { clients, partners, integrations, activations }
      return importRegistry(validFrom === '' ? upload : { ...upload, validFrom })
    },
    onSuccess: () => queries.invalidateQueries(),
  })
  const take = async (chosen: Iterable<File>) => {
    upload.reset()
    const read = await Promise.all([...chosen].map(async file => [file.name, await readText(file)] as const))
    const ofName = (name: string) => NAMES.find(each => `${each}.csv` === name.toLowerCase())
    const ours = read.filter(([name]) => ofName(name) !== undefined)
    setStrangers(read.map(([name]) => name).filter(name => ofName(name) === undefined))
    setGarbled(ours.filter(([, text]) => text === undefined).map(([name]) => name))
    setFiles(before => ({
      ...before,
      ...Object.fromEntries(ours.map(([name, text]) => [ofName(name), text])),
    }))
  }
  const lacking = NAMES.filter(name => files[name] === undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    upload.mutate()
  }
  return (
    <Section title={texts.importTitle}>
      <p className="soft">{texts.importHint}</p>
      <form className="form" onSubmit={submit}>
        <Drop take={take} />
        <ul className="list" aria-live="polite">
          {NAMES.filter(name => files[name] !== undefined).map(name => (
            <li key={name}>✓ {name}.csv</li>
          ))}
          {strangers.map(name => (
            <li key={name} className="warned">
              {texts.unknown(name)}
            </li>
          ))}
          {garbled.map(name => (
            <li key={name} className="warned">
              {texts.garbled(name)}
            </li>
          ))}
          {lacking.length === 0 || lacking.length === NAMES.length ? null : (
            <li className="soft">{texts.lacks(lacking.map(name => `${name}.csv`).join(', '))}</li>
          )}
        </ul>
        <label>
          {texts.validFrom}
          <input
            value={validFrom}
            placeholder="2026-10"
            pattern="20[0-9]{2}-(0[1-9]|1[0-2])"
            onChange={event => setValidFrom(event.target.value)}
          />
        </label>
        <div className="actions">
          <button type="submit" className="main" disabled={lacking.length > 0 || upload.isPending}>
            {upload.isPending ? texts.importing : texts.importButton}
          </button>
        </div>
      </form>
      <Outcome imported={upload.data} error={upload.error} files={files} />
    </Section>
  )
}

/** Undefined for what is no UTF-8, as spreadsheets write it unasked: names would lose their letters. */
async function readText(file: File): Promise<string | undefined> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** A file that misses its place would be opened instead of the page, and what stands there be gone. */
function useNoDropBeside(): void {
  useEffect(() => {
    const keep = (event: Event) => event.preventDefault()
    document.addEventListener('dragover', keep)
    document.addEventListener('drop', keep)
    return () => {
      document.removeEventListener('dragover', keep)
      document.removeEventListener('drop', keep)
    }
  }, [])
}

function Drop({ take }: { readonly take: (files: Iterable<File>) => void }) {
  const texts = useTexts(registryTexts)
  const [isOver, setOver] = useState(false)
  useNoDropBeside()
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    <label
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {texts.drop}
      <input
        type="file"
        className="unseen"
        multiple
        accept=".csv,text/csv"
        onChange={event => take(event.target.files ?? [])}
      />
    </label>
  )
}

function Outcome({
  imported,
  error,
  files,
}: {
  readonly files: Texts
  readonly imported: Imported | undefined
  readonly error: Error | null
}) {
  const texts = useTexts(registryTexts)
  const { format } = useReader()
  if (imported !== undefined) {
    const words =
      imported.outcome === 'unchanged'
        ? texts.unchanged
        : texts.imported(String(imported.sequence), format.count(String(imported.clients)))
    return (
      <div className="notice good" role="status">
        <p>{words}</p>
        {imported.monthsBehind.length === 0 ? null : (
          <p>{texts.behind(imported.monthsBehind.map(format.month).join(', '))}</p>
        )}
      </div>
    )
  }
  if (error === null) return null
  const faults = error instanceof Problem ? error.listOf('faults', isFault) : []
  if (faults.length === 0) return <Failure error={error} />
  return (
    <div className="notice bad" role="alert">
      <p>
        {texts.faults(format.count(String(error instanceof Problem ? error.more.faultCount : faults.length)))}
      </p>
      <Table
        label={texts.mistake}
        rows={faults.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.line ?? 0) - (b.line ?? 0))}
        keyOf={({ file, line, column, detail }) => `${file} ${line} ${column} ${detail}`}
        columns={[
          { head: texts.file, cell: each => each.file },
          { head: texts.line, isNumber: true, cell: each => each.line ?? '' },
          { head: texts.column, cell: each => each.column ?? '' },
          { head: texts.mistake, cell: each => <span lang="en">{each.detail}</span> },
          { head: texts.asWritten, cell: each => <code className="excerpt">{lineOf(files, each)}</code> },
        ]}
      />
    </div>
  )
}

/** In the order in which the files are asked for. */
function placeOf({ file }: Fault): number {
  return NAMES.findIndex(name => `${name}.csv` === file)
}

/** What stands in the file there, to be found and mended; empty where the mistake is of no line. */
function lineOf(files: Texts, { file, line }: Fault): string {
  const name = NAMES.find(each => `${each}.csv` === file)
  if (name === undefined || line === null) return ''
  return files[name]?.split(/\r\n|\r|\n/)[line - 1] ?? ''
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'file' in value && 'detail' in value
}
