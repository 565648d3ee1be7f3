// Runs before anything is installed, on whatever Node the user has: plain JavaScript, nothing but Node's own modules.
// Brings node_modules up to package-lock.json and makes sure of the Node that Forbruk runs on.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const HOST_NODE_LEAST = 20
const OWN_NODE_LEAST = 24
const NODE_ANSWER_MS = 20_000
const INSTALL_MS = 15 * 60_000

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

function refuse(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function readPackages(file) {
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null
  } catch {
    return null
  }
}

/**
 * npm writes what it installed into node_modules/.package-lock.json. The contents are compared, since a checkout gives
 * the lock file a new time without a new content. A package for another platform may be absent.
 */
function isInstalled(wanted, found) {
  const names = Object.keys(wanted).filter(name => name.includes('node_modules/'))
  const lacks = names.filter(name => {
    const { version, integrity, link, optional, peer } = wanted[name]
    const present = found[name]
    if (present === undefined) return !link && !optional && !peer
    return present.version !== version || present.integrity !== integrity
  })
  const extra = Object.keys(found).filter(
    name => name.includes('node_modules/') && wanted[name] === undefined && !found[name].optional,
  )
  return lacks.length === 0 && extra.length === 0
}

function runNpm(...words) {
  const npm = process.env.npm_execpath
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  return spawnSync(command, [...first, ...words, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: INSTALL_MS,
  })
}

function install() {
  process.stderr.write(
    'Installing packages (npm ci): once per change of package-lock.json, a minute or so …\n',
  )
  let done = runNpm('ci')
  // A lock file made on one platform can lack another's optional packages, which npm ci takes for a damaged lock.
  // The second way keeps to the locked versions as well and adds what is missing.
  if (/code EUSAGE/.test(done.stderr ?? '')) done = runNpm('install', '--no-save')
  if (done.error) refuse(`npm could not be run: ${done.error.message}`)
  if (done.status === 0) return
  process.stderr.write(done.stderr ?? '')
  refuse('The packages could not be installed; see above. npm needs its registry, or a filled cache.')
}

function checkOwnNode() {
  const node = join(root, 'node_modules', '.bin', 'node')
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: NODE_ANSWER_MS })
  const version = answer.stdout?.trim() ?? ''
  const major = Number(/^v(\d+)\./.exec(version)?.[1])
  if (major >= OWN_NODE_LEAST) return
  const found = answer.error ? answer.error.message : `it answers "${version}"`
  refuse(
    `node_modules/.bin/node should be Node ${OWN_NODE_LEAST} or newer, but ${found}.\n` +
      'It comes with the npm package "node", whose install script must be allowed to run: ' +
      'rm -rf node_modules && npm ci',
  )
}

if (process.platform === 'win32') refuse('Forbruk runs on Linux and macOS; on Windows use WSL 2.')
if (Number(process.versions.node.split('.')[0]) < HOST_NODE_LEAST) {
  refuse(
    `Node ${process.versions.node} is too old: expected Node ${HOST_NODE_LEAST} or newer to install Forbruk with.`,
  )
}
const wanted = readPackages(join(root, 'package-lock.json'))
if (wanted === null)
  refuse(`${join(root, 'package-lock.json')} is missing or damaged: restore it from the repository.`)
const found = readPackages(join(root, 'node_modules', '.package-lock.json'))
if (found === null || !isInstalled(wanted, found)) install()
checkOwnNode()
