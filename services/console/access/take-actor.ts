import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the body named as actor; null where it named nobody. */
    saidActor: string | null
  }
}

const NAMED = z.looseObject({ actor: z.string() })

/**
 * The `actor` of a body says who did it. It is believed where nobody had to say who they are. Where the caller is known
 * it need not be there, and one that names another is kept as what was said, beside who it was: «portal (said: Kari)».
 */
export function takeActors(app: FastifyInstance): void {
  app.decorateRequest('saidActor', null)
  app.addHook('preValidation', async request => {
    const { body, caller } = request
    if (!takesActor(request) || caller?.actor === null || caller === undefined) return
    if (typeof body === 'object' && body !== null && !('actor' in body))
      Object.assign(body, { actor: caller.actor })
  })
  app.addHook('preHandler', async request => {
    const { body, caller } = request
    const named = takesActor(request) ? NAMED.safeParse(body) : null
    if (named?.success !== true || typeof body !== 'object' || body === null) return
    const { actor } = named.data
    if (actor === caller.actor) return
    request.saidActor = actor
    if (caller.actor !== null) Object.assign(body, { actor: `${caller.actor} (said: ${actor})` })
  })
}

const WITH_ACTOR = z.looseObject({
  properties: z.looseObject({ actor: z.unknown() }),
  required: z.array(z.string()),
})

/** A body as the documents tell it: who is known need not say who they are. */
export function tellActor<Body>(body: Body): Body {
  const told = WITH_ACTOR.safeParse(body)
  if (!told.success) return body
  return { ...body, required: told.data.required.filter(name => name !== 'actor') }
}

function takesActor({ routeOptions }: FastifyRequest): boolean {
  const body = routeOptions.schema?.body
  return body instanceof z.ZodObject && 'actor' in body.shape
}
