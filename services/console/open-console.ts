import swagger from '@fastify/swagger'
import { type Address, isLoopback } from '@forbruk/infra/runtime/address.ts'
import type { FastifyBaseLogger } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { addCaseRoutes } from './routes/cases.ts'
import { addClientRoutes } from './routes/clients.ts'
import { addCloseRoutes } from './routes/close.ts'
import { addHealthRoutes } from './routes/health.ts'
import type { Operations } from './routes/operations.ts'
import { addOverviewRoute } from './routes/overview.ts'
import { addPipelineRoutes } from './routes/pipeline.ts'
import { addRegistryRoutes } from './routes/registry.ts'
import { addRejectedRuleRoutes } from './routes/rejected-rules.ts'
import { addStatementRoutes } from './routes/statements.ts'
import { addTermsRoutes } from './routes/terms.ts'
import { addUsageRoutes } from './routes/usage.ts'
import { addWaitingRoutes } from './routes/waiting.ts'
import { answerConditionally } from './server/answer-conditionally.ts'
import { answerOnce } from './server/answer-once.ts'
import { buildServer, type ConsoleServer } from './server/build-server.ts'
import { ConsoleError } from './server/console-error.ts'
import { servePages } from './server/serve-pages.ts'

export type ConsoleSettings = {
  readonly listen: Address
  /** Needed for writes where it is set; on an address that others reach, for everything. */
  readonly token: string | null
  readonly logger: FastifyBaseLogger
}

type OpenConsole = {
  readonly url: string
  /** Answers what is being asked, takes nothing more, and resolves when that is done. */
  close(): Promise<void>
}

/**
 * The HTTP API over the operations. Throws ConsoleError when it can't listen there, or may not: an
 * address that others reach needs a token.
 */
export async function openConsole(settings: ConsoleSettings, operations: Operations): Promise<OpenConsole> {
  const { listen, token, logger } = settings
  if (!isLoopback(listen.host) && token === null) {
    throw new ConsoleError(
      `the console is not opened on ${listen.host}: others reach it there; expected FORBRUK_API_TOKEN with it`,
    )
  }
  const app = buildServer({ isLoopback: isLoopback(listen.host), token }, logger)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Forbruk',
        version: '1',
        description:
          'Usage of an API gateway, and its monthly close: statements, registry and dialogue cases.',
      },
      ...(token === null
        ? {}
        : { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } }),
    },
    transform: jsonSchemaTransform,
  })
  answerOnce(app, operations)
  answerConditionally(app)
  addHealthRoutes(app, operations)
  addOverviewRoute(app, operations)
  addClientRoutes(app, operations)
  addUsageRoutes(app, operations)
  addCloseRoutes(app, operations)
  addStatementRoutes(app, operations)
  addRegistryRoutes(app, operations)
  addCaseRoutes(app, operations)
  addRejectedRuleRoutes(app, operations)
  addWaitingRoutes(app, operations)
  await servePages(app)
  addTermsRoutes(app, operations)
  addPipelineRoutes(app, operations)
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await start(app, listen)
  const address = app.server.address()
  const port = address === null || typeof address === 'string' ? listen.port : address.port
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  const url = `http://${host}:${port}`
  logger.info({ url }, 'console and API')
  return { url, close: () => app.close() }
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
