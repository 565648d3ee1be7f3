// The accounting API behind the gateways, in small: lists, creates and replaces.
// Run as a process of its own: node backend.ts <socket path>
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const socketPath = process.argv[2]
if (socketPath === undefined) throw new Error('usage: node backend.ts <socket path>')

const listCache = new Map<string, string>()

/** The first page is full; later pages are shorter, each list in its own way. */
function listPage(url: string): string {
  const known = listCache.get(url)
  if (known !== undefined) return known
  const page = Number(/[?&]page=(\d+)/.exec(url)?.[1] ?? '1')
  const seed = [...url].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7)
  const rows = Math.max(1, Math.round((30 + (seed % 21)) / page))
  const values = Array.from({ length: rows }, (_, index) => ({
    id: 1001 + index,
    amount: ((seed * (index + 3)) % 99_991) / 100,
    changed: '2026-09-30',
  }))
  const text = JSON.stringify({ page, values })
  listCache.set(url, text)
  return text
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

function store(request: IncomingMessage, response: ServerResponse, text: string): void {
  try {
    const document: unknown = JSON.parse(text)
    const fields = typeof document === 'object' && document !== null ? document : {}
    if (!('lines' in fields)) {
      answer(response, 422, { error: 'lines is missing' })
      return
    }
    // A true weakness: a quantity beyond what an array can hold throws here.
    if (Array.isArray(fields.lines)) new Array<number>(Number(fields.lines[0]))
    if ('reference' in fields && fields.reference === 'R-1') {
      answer(response, 409, { error: 'the reference R-1 is taken' })
      return
    }
    answer(response, request.method === 'PUT' ? 200 : 201, { id: 1001, version: 1 })
  } catch {
    answer(response, 500, { error: 'internal error' })
  }
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    answer(response, 200, listPage(request.url ?? ''))
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => store(request, response, Buffer.concat(chunks).toString()))
})
// Idle gateway connections must not be closed under a request that is on its way.
server.keepAliveTimeout = 0
server.listen(socketPath, () => process.stdout.write('ready\n'))
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
