import swagger from '@fastify/swagger'
import { type Address, isLoopback } from '@forbruk/infra/runtime/address.ts'
import type { LoginSettings } from '@forbruk/infra/runtime/login-settings.ts'
import type { FastifyBaseLogger } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { addAuditTrail } from './access/audit-trail.ts'
import { BrowserCookie } from './access/browser-cookie.ts'
import { Gate } from './access/gate.ts'
import type { AccessOperations } from './access/operations.ts'
import { SESSION_MS } from './access/session-time.ts'
import { takeActors, tellActor } from './access/take-actor.ts'
import { TokenBook } from './access/token-book.ts'
import { addLoginRoutes } from './login/login-routes.ts'
import { Provider } from './login/provider.ts'
import { addTokenRoutes } from './routes/access-tokens.ts'
import { addAuditRoutes } from './routes/audit-log.ts'
import { addCaseRoutes } from './routes/cases.ts'
import { addClientRoutes } from './routes/clients.ts'
import { addCloseRoutes } from './routes/close.ts'
import { addCompletenessRoute } from './routes/completeness.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addMetricsRoute } from './routes/metrics.ts'
import type { Operations } from './routes/operations.ts'
import { addOverviewRoute } from './routes/overview.ts'
import { addPipelineRoutes } from './routes/pipeline.ts'
import { addRegistryRoutes } from './routes/registry.ts'
import { addRejectedRoute } from './routes/rejected.ts'
import { addRejectedEventRoutes } from './routes/rejected-events.ts'
import { addRejectedReplayRoute } from './routes/rejected-replays.ts'
import { addRejectedRuleRoutes } from './routes/rejected-rules.ts'
import { addReplayRoute } from './routes/replay.ts'
import { addSessionRoutes } from './routes/session.ts'
import { addStatementRoutes } from './routes/statements.ts'
import { addTermsRoutes } from './routes/terms.ts'
import { addUsageRoutes } from './routes/usage.ts'
import { addWaitingRoutes } from './routes/waiting.ts'
import { answerConditionally } from './server/answer-conditionally.ts'
import { answerOnce } from './server/answer-once.ts'
import { buildServer, type ConsoleServer } from './server/build-server.ts'
import { ConsoleError } from './server/console-error.ts'
import { servePages } from './server/serve-pages.ts'
import { tellHeaders } from './server/tell-headers.ts'

export type ConsoleSettings = {
  readonly listen: Address
  /** An administrator's, beside those in the store. */
  readonly token: string | null
  /** Where people log in; null: nowhere. */
  readonly login: LoginSettings | null
  /** Where browsers reach it; null: at the address that is listened on. */
  readonly publicUrl: URL | null
  readonly logger: FastifyBaseLogger
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** To give one's password at the provider, and whatever else it asks for. */
const LOGIN_MS = 10 * 60_000

type OpenConsole = {
  readonly url: string
  /** Answers what is being asked, takes nothing more, and resolves when that is done. */
  close(): Promise<void>
}

/**
 * The HTTP API over the operations. Throws ConsoleError when it can't listen there, or may not: on an address that
 * others reach it lets in nobody without a token, so there has to be one.
 */
export async function openConsole(
  settings: ConsoleSettings,
  operations: Operations & AccessOperations,
): Promise<OpenConsole> {
  const { listen, token, login, publicUrl, logger, clock } = settings
  const door = { isLoopback: isLoopback(listen.host), apiToken: token, hasLogin: login !== null }
  const book = new TokenBook(
    () => operations.readTokensInForce(),
    () => performance.now(),
  )
  if (!door.isLoopback && token === null && login === null && !(await book.current()).wasAnyMade) {
    throw new ConsoleError(
      `the console is not opened on ${listen.host}: others reach it there, and nobody could be let in; ` +
        'expected FORBRUK_API_TOKEN with it, FORBRUK_OIDC_ISSUER, or a token of forbruk access token add',
    )
  }
  const isSecure = publicUrl === null ? !door.isLoopback : publicUrl.protocol === 'https:'
  const cookie = new BrowserCookie({ name: 'forbruk', isSecure, ageMaxMs: SESSION_MS })
  const gate = new Gate({ door, book, cookie, clock })
  const app = buildServer({ isLoopback: door.isLoopback, publicUrl, gate }, logger)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Forbruk',
        version: '1',
        description:
          'Usage of an API gateway, and its monthly close: statements, registry and dialogue cases.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: describeRoute,
  })
  takeActors(app)
  // Before acts are recorded: what is answered again is not done again.
  answerOnce(app, operations)
  addAuditTrail(app, operations, clock)
  answerConditionally(app)
  addHealthRoutes(app, operations)
  addOverviewRoute(app, operations)
  addClientRoutes(app, operations)
  addUsageRoutes(app, operations)
  addReplayRoute(app, operations)
  addCloseRoutes(app, operations)
  addCompletenessRoute(app, operations)
  addStatementRoutes(app, operations)
  addRegistryRoutes(app, operations)
  addCaseRoutes(app, operations)
  addRejectedRuleRoutes(app, operations)
  addRejectedEventRoutes(app, operations)
  addRejectedReplayRoute(app, operations)
  addWaitingRoutes(app, operations)
  await servePages(app)
  addTermsRoutes(app, operations)
  addRejectedRoute(app, operations)
  addPipelineRoutes(app, operations)
  addMetricsRoute(app, operations)
  addTokenRoutes(app, operations, book)
  if (login !== null) {
    const attempt = new BrowserCookie({ name: 'forbruk-login', isSecure, ageMaxMs: LOGIN_MS })
    const provider = new Provider(login)
    addLoginRoutes(app, { provider, publicUrl, book, session: cookie, attempt }, operations)
  }
  addAuditRoutes(app, operations)
  addSessionRoutes(app, { gate, book, cookie, hasLogin: door.hasLogin }, operations)
  const anybody = { access: { role: 'anybody' } } as const
  app.get('/openapi.json', { config: anybody, schema: { hide: true } }, async () => app.swagger())
  await start(app, listen)
  const address = app.server.address()
  const port = address === null || typeof address === 'string' ? listen.port : address.port
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  const url = `http://${host}:${port}`
  logger.info({ url }, 'console and API')
  return { url, close: () => app.close() }
}

const describeRoute: typeof jsonSchemaTransform = given => {
  const { schema = {}, url } = jsonSchemaTransform(given)
  const { method, config } = given.route
  const body = schema.body === undefined ? {} : { body: tellActor(asSent(schema.body)) }
  return { url, schema: { ...schema, ...body, ...tellHeaders({ method, access: config?.access }) } }
}

async function start(app: ConsoleServer, { host, port }: Address): Promise<void> {
  try {
    await app.listen({ host, port, listenTextResolver: address => `listening at ${address}` })
  } catch (error) {
    await app.close()
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    const words = isTaken ? 'is in use by another process' : `can't be listened on (${String(error)})`
    throw new ConsoleError(
      `the console: ${host}:${port} ${words}; set FORBRUK_LISTEN to a free host:port, e.g. ${host}:${port + 1}`,
      { cause: error },
    )
  }
}

/** What callers send is not theirs to be only read, whatever becomes of it here. */
function asSent(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value) => (key === 'readOnly' ? undefined : value)))
}
