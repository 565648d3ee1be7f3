/** What reading the files costs at least: `node parse-alone.ts REGISTRY` has csv-parse read them, and keeps nothing. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'

const [folder = ''] = process.argv.slice(2)
for (const name of ['clients', 'partners', 'integrations', 'activations']) {
  const parser = parse({ bom: true, on_record: () => null })
  await pipeline(createReadStream(join(folder, `${name}.csv`)), parser.resume())
}
