import { STATUS_CODES } from 'node:http'
import cookies from '@fastify/cookie'
import { CONNECTION_BOUNDS } from '@forbruk/infra/runtime/connection-bounds.ts'
import { readProvenance } from '@forbruk/infra/runtime/judge-provenance.ts'
import fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Gate } from '../access/gate.ts'
import { requireAccess } from '../access/require-access.ts'
import { toBareProblem, toProblem } from './answer-error.ts'
import { judgeRequest, type RequestFacts } from './judge-request.ts'
import { limitRate } from './limit-rate.ts'
import { PROBLEM_TYPE, type Problem, ProblemError, problemShape, toProblemBody } from './problem.ts'
import { asksForPage, languageOf, showProblem } from './show-problem.ts'

/** Unless a route takes more. */
const BODY_BYTES_MAX = 64 * 1_024
const CONNECTIONS_MAX = 200
const PAGE_TYPE = 'text/html; charset=utf-8'
/** Of an id in a path: 256 characters, each written as up to twelve. */
const PARAMETER_CHARACTERS_MAX = 4_096

export type ConsoleServer = ReturnType<typeof buildServer>

type ServerSettings = {
  /** Only this machine reaches the console. */
  readonly isLoopback: boolean
  /** Where browsers reach it; null: at the address that is listened on. */
  readonly publicUrl: URL | null
  readonly gate: Gate
}

/** A server without routes: who is let in, how errors are answered, and the bounds of everything. */
export function buildServer({ isLoopback, publicUrl, gate }: ServerSettings, logger: FastifyBaseLogger) {
  const app = fastify({
    loggerInstance: logger,
    // Paths hold ids of clients: what is logged is chosen below.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    http: CONNECTION_BOUNDS,
    requestTimeout: CONNECTION_BOUNDS.requestTimeout,
    keepAliveTimeout: CONNECTION_BOUNDS.keepAliveTimeout,
    forceCloseConnections: 'idle',
    // A path that can't be decoded or has too long an id: no route, no hook and no error handler sees it.
    frameworkErrors: (error, request, reply) => {
      const problem = toProblem(error)
      const { type, body } = spellProblem(problem, request)
      reply.hijack()
      reply.raw.writeHead(problem.status, bareHeaders(type, body))
      reply.raw.end(body)
    },
    // What is no HTTP, or comes too slowly: not even the framework sees it.
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.write(formatBareProblem(toBareProblem(error.code)))
      socket.destroy()
    },
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX },
  }).withTypeProvider<ZodTypeProvider>()
  app.server.maxConnections = CONNECTIONS_MAX
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['text/plain', 'application/json'])
  // `curl -X POST` without a body asks for what `{}` asks for.
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, {}) : parse(request, body, done),
  )

  const paths = new Map<string, string[]>()
  app.addHook('onRoute', route => {
    const { response, querystring = NO_QUERY, ...rest } = route.schema ?? {}
    route.schema = { ...rest, querystring, response: documentProblems(response) }
    paths.set(route.url, [...(paths.get(route.url) ?? []), ...[route.method].flat()])
  })
  app.decorateRequest('caller')
  app.register(cookies, { hook: false })
  requireAccess(app)
  limitRate(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS)
    const unlike = judgeRequest(toFacts(request), { isLoopback, publicUrl })
    const problem = unlike?.status === 403 ? unlike : ((await gate.admit(request)) ?? unlike)
    // What isn't there is told as that, whatever body was sent to it.
    if (request.is404 && (problem === null || problem.status === 415)) {
      const methods = findMethods(paths, request.url)
      if (methods.length > 0) reply.header('allow', methods.join(', '))
      throw new ProblemError(toMissing(request.method, methods))
    }
    if (problem === null) return
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
    throw new ProblemError(problem)
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? '(none)'
    request.log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
  })
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    // Else a caller's idle connection would keep the process for as long as the caller likes.
    if (isClosing) reply.header('connection', 'close')
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error)
    if (problem.status >= 500)
      request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
    const { type, body } = spellProblem(problem, request)
    return reply.code(problem.status).header('vary', 'accept, accept-language').type(type).send(body)
  })
  return app
}

/** As who asked reads it: a page for a person whose browser opened an address, JSON for programs. */
function spellProblem(problem: Problem, { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>) {
  return asksForPage(method, headers.accept)
    ? { type: PAGE_TYPE, body: showProblem(problem, languageOf(headers['accept-language'])) }
    : { type: PROBLEM_TYPE, body: JSON.stringify(toProblemBody(problem)) }
}

function bareHeaders(type: string, body: string) {
  return { ...SAFE_HEADERS, 'content-type': type, 'content-length': Buffer.byteLength(body) }
}

/** Written to the socket itself, which has no reply to write to. */
function formatBareProblem(problem: Problem): string {
  const body = JSON.stringify(toProblemBody(problem))
  const lines = Object.entries({ ...bareHeaders(PROBLEM_TYPE, body), connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

/** A parameter that is not known is a mistake of the caller's, never ignored. */
const NO_QUERY = z.strictObject({})

const PROBLEM = { description: 'Why not', content: { 'application/problem+json': { schema: problemShape } } }

/** Every path answers problems, of the statuses that it names and of others, as when the store is not there. */
function documentProblems(response: unknown): Record<string, unknown> {
  const named = Object.entries(response ?? {}).map(([status, shape]) => [
    status,
    shape === problemShape ? PROBLEM : shape,
  ])
  return { ...Object.fromEntries(named), default: PROBLEM }
}

/** Of a path that no route took in the method asked for. */
function findMethods(paths: ReadonlyMap<string, readonly string[]>, url: string): string[] {
  const path = url.split('?', 1)[0] ?? ''
  const found = [...paths].filter(([pattern]) => isOfPattern(path, pattern)).flatMap(([, methods]) => methods)
  return [...new Set(found)]
}

function isOfPattern(path: string, pattern: string): boolean {
  const [parts, expected] = [path.split('/'), pattern.split('/')]
  return (
    parts.length === expected.length &&
    expected.every((part, index) => part === parts[index] || (part.startsWith(':') && parts[index] !== ''))
  )
}

function toMissing(method: string, methods: readonly string[]): Problem {
  if (methods.length === 0) {
    const detail = `nothing answers ${method} at this address; /openapi.json lists for programs what does`
    return { kind: 'not_found', status: 404, detail }
  }
  const detail = `there is no ${method} of this path; expected ${methods.join(' or ')}`
  return { kind: 'method_unknown', status: 405, detail }
}

/** Nothing here is for a cache, a frame or another site's script. */
const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function toFacts({ method, headers }: FastifyRequest): RequestFacts {
  return {
    isWrite: method !== 'GET' && method !== 'HEAD',
    provenance: readProvenance(headers),
    contentType: headers['content-type'],
  }
}
