import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type DiskFullResult = { readonly message: string; readonly failures: readonly string[] }

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../services/cli/forbruk.mjs', import.meta.url))
const LINES = 100_000
const TIMEOUT_MS = 600_000

/**
 * `forbruk ship` onto a disk of 6 MB: it must end and say that the disk is full. Started again with a little more room,
 * it must go on by itself as soon as there is enough. Where this user may mount a tmpfs in a namespace of his own the
 * disk is a real one; else a limit on the size of files takes its place, which SQLite calls an I/O error.
 */
const SCRIPT = `
set -u
forbruk() { "$NODE" "$MAIN" "$@"; }
ship() { forbruk ship --format nginx-json --source edge-1 --json "$OUT/access.log"; }
case "$DISK" in
  tmpfs)
    mount -t tmpfs -o size=6m none "$FORBRUK_DATA_DIR" || exit 9
    ship > "$OUT/full.out" 2> "$OUT/full.err"; echo $? > "$OUT/full.code"
    mount -o remount,size=10m "$FORBRUK_DATA_DIR"
    : > "$OUT/again.err"
    (
      for second in $(seq 300); do grep -q 'disk is full' "$OUT/again.err" && break; sleep 1; done
      mount -o remount,size=2g "$FORBRUK_DATA_DIR"
    ) &
    ;;
  limit)
    (ulimit -f 6144; ship) > "$OUT/full.out" 2> "$OUT/full.err"; echo $? > "$OUT/full.code"
    ;;
esac
ship > "$OUT/again.out" 2>> "$OUT/again.err"; echo $? > "$OUT/again.code"
wait
forbruk aggregate --until-caught-up 2> "$OUT/aggregate.err"
forbruk sql 'SELECT sum(requests) FROM usage_hourly' --format TSV > "$OUT/counted"
forbruk audit --replay --json > "$OUT/audit"
`

export async function fillDisk(folder: string): Promise<DiskFullResult> {
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(
    join(folder, 'access.log'),
    Array.from({ length: LINES }, (_, line) => makeLine(line)).join(''),
  )
  const isMountable = await run('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', dataDir]).then(
    () => true,
    () => false,
  )
  const disk = isMountable ? 'tmpfs' : 'limit'
  const [command, args] = isMountable ? ['unshare', ['-rm', 'sh', '-c', SCRIPT]] : ['sh', ['-c', SCRIPT]]
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE: process.execPath,
    MAIN,
    OUT: folder,
    DISK: disk,
    FORBRUK_DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
  }
  const error = await run(command as string, args as string[], { env, timeout: TIMEOUT_MS }).then(
    () => '',
    failed => String(failed),
  )
  return judge(folder, disk, error)
}

function judge(folder: string, disk: 'tmpfs' | 'limit', error: string): DiskFullResult {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim()
    } catch {
      return ''
    }
  }
  const said = read('full.err')
  const expectedWords = disk === 'tmpfs' ? /disk is full/i : /disk/i
  const lastWords = said.split('\n').at(-1) ?? ''
  const failures = [
    ...(error === '' ? [] : [`the script failed: ${error.slice(0, 300)}`]),
    ...(read('full.code') === '1'
      ? []
      : [`shipping onto a full disk exited with ${read('full.code')}, expected 1`]),
    ...(expectedWords.test(said) ? [] : [`shipping onto a full disk said «${lastWords}»`]),
    ...(disk === 'limit' || expectedWords.test(read('again.err'))
      ? []
      : ['shipping again met no full disk: it was to wait for room']),
    ...(read('again.code') === '0'
      ? []
      : [`shipping again exited with ${read('again.code')}: ${read('again.err')}`]),
    ...(read('counted') === String(LINES)
      ? []
      : [`${read('counted') || 'nothing'} counted of ${LINES} lines`]),
    ...(read('audit').includes('"findings": []') || read('audit').includes('"findings":[]')
      ? []
      : [`audit: ${read('audit').slice(0, 500)} ${read('aggregate.err').slice(0, 500)}`]),
  ].map(failure => `disk full: ${failure}`)
  return {
    message:
      `(${disk}) exit code ${read('full.code')}, «${lastWords}»; ` +
      `with room ${read('counted')} of ${LINES} counted`,
    failures,
  }
}

/** Some days ago: the log says when it got the lines, and both must be near each other. */
const START_SECOND = Math.floor(Date.now() / 86_400_000 - 7) * 86_400

function makeLine(line: number): string {
  const second = START_SECOND + line
  return `${JSON.stringify({
    msec: `${second}.000`,
    client_id: `client-${line % 20}`,
    integration_id: 'shop',
    status: '200',
    request_length: 300 + (line % 7),
    bytes_sent: 5_000 + line,
  })}\n`
}
