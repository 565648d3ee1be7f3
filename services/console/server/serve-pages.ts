import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import serveStatic from '@fastify/static'
import { z } from 'zod'
import type { ConsoleServer } from './build-server.ts'

const BUILT = fileURLToPath(new URL('../pages/dist/', import.meta.url))

/** What the pages' own addresses are: each answers the one document, and its script shows what the address names. */
const PATHS = [
  '/',
  '/clients',
  '/clients/:id',
  '/months',
  '/dialogue',
  '/dialogue/:id',
  '/pipeline',
  '/registry',
  '/access',
  '/sign-in',
]

/**
 * Scripts, styles, fonts and pictures come from here and nowhere else, and nothing inline runs. The one style that the
 * charts' library writes into each of its pictures is known by its hash.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM='",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The script reads it, and leaves out what it doesn't know. */
const ANY_QUERY = z.looseObject({})

const NOT_BUILT =
  'The pages are not built here. Run «npm run build:pages» where Forbruk is installed, and start it again. ' +
  'The API answers as /openapi.json says.\n'

/** It holds nothing of anybody's. */
const FOR_ANYBODY = { access: { role: 'anybody' } } as const

/** The pages, as `npm run build:pages` left them. Names in `/assets/` hold a hash of what is in them. */
export async function servePages(app: ConsoleServer): Promise<void> {
  for (const path of PATHS) {
    app.get(
      path,
      { schema: { hide: true, querystring: ANY_QUERY }, config: FOR_ANYBODY },
      async (_, reply) => {
        const document = await readBuilt()
        if (document === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
        return reply
          .header('content-security-policy', POLICY)
          .header('cache-control', 'no-cache')
          .type('text/html; charset=utf-8')
          .send(document)
      },
    )
  }
  if (!existsSync(BUILT)) return
  await app.register(async assets => {
    assets.addHook('onRoute', route => {
      route.config = { ...route.config, ...FOR_ANYBODY }
    })
    await assets.register(serveStatic, {
      root: `${BUILT}assets`,
      prefix: '/assets/',
      index: false,
      decorateReply: false,
      immutable: true,
      maxAge: '365d',
    })
  })
}

/** Asked for each time: they may be built again while this runs. */
async function readBuilt(): Promise<string | null> {
  try {
    return await readFile(`${BUILT}index.html`, 'utf8')
  } catch {
    return null
  }
}
