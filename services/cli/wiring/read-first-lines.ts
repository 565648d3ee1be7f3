import { diskFiles } from '@forbruk/shipper/files/log-files.ts'
import { openFile } from '@forbruk/shipper/files/read-bytes.ts'
import { LineSplitter } from '@forbruk/shipper/lines/read-lines.ts'

type FirstLines = { readonly lines: readonly Buffer[]; readonly bytes: number; readonly isWhole: boolean }

/** A log's first lines, decompressed, without their newlines: at most so many bytes. Throws ShipError. */
export async function readFirstLines(path: string, bytesMax: number): Promise<FirstLines> {
  const source = await openFile(diskFiles, path)
  try {
    const splitter = new LineSplitter(0)
    const lines: Buffer[] = []
    let bytes = 0
    for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
      splitter.push(chunk)
      bytes += chunk.length
      for (let line = splitter.next(); line !== null; line = splitter.next()) lines.push(line.bytes)
      if (bytes >= bytesMax) return { lines, bytes, isWhole: false }
    }
    const last = splitter.end()
    return { lines: last === null ? lines : [...lines, last.bytes], bytes, isWhole: true }
  } finally {
    await source.close()
  }
}
