// Runs before `npm start` and `npm test`, on whatever Node the user has: builds the pages when what they are made of
// has changed since they were built. Contents are compared, since a checkout gives every file a new time.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const BUILD_MS = 5 * 60_000

const pages = dirname(fileURLToPath(import.meta.url))
const root = join(pages, '..', '..', '..')
const built = join(pages, 'dist', 'built-from.txt')

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function hashSources() {
  const hash = createHash('sha256')
  for (const path of [...listFiles(pages).sort(), join(root, 'package-lock.json')]) {
    const content = readFileSync(path)
    hash.update(`${path.slice(root.length)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

const wanted = hashSources()
if (!existsSync(built) || readFileSync(built, 'utf8') !== wanted) {
  process.stderr.write('Building the pages: once per change of services/console/pages, some seconds …\n')
  const node = join(root, 'node_modules', '.bin', 'node')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const { status, error, stdout, stderr } = spawnSync(node, [vite, 'build', pages, '--logLevel', 'warn'], {
    cwd: pages,
    // Tests set another one, and React would bring its development half.
    env: { ...process.env, NODE_ENV: 'production' },
    encoding: 'utf8',
    timeout: BUILD_MS,
  })
  if (status !== 0) {
    process.stderr.write(
      `${stdout ?? ''}${stderr ?? ''}The pages could not be built: ${error?.message ?? 'see above'}.\n`,
    )
    process.exit(1)
  }
  writeFileSync(built, wanted)
}
