import type { Act, ActOutcome, KnownAct } from '@forbruk/schemas/access/act.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { nameCaller } from './caller.ts'
import { namesOf } from './names-of.ts'
import type { AccessOperations } from './operations.ts'
import type { RouteAccess } from './route-access.ts'
import { SeenToday } from './seen-today.ts'

type Trail = Pick<AccessOperations, 'beginAct' | 'endAct' | 'recordActs'>

declare module 'fastify' {
  interface FastifyRequest {
    /** Of an act: from before it is done until it has ended. */
    begun: { readonly entryId: string; readonly act: KnownAct } | null
  }
}

/**
 * Records what is done by the routes that say so, before it is done and when it has ended; and whose figures somebody
 * of the provider's has looked at by name, once a day each: more would tell of the person who looks, and nothing of
 * the client.
 * @param clock milliseconds since the epoch
 */
export function addAuditTrail(app: FastifyInstance, trail: Trail, clock: () => number): void {
  const seen = new SeenToday(clock)
  app.decorateRequest('begun', null)
  app.addHook('preHandler', async request => {
    const { access } = request.routeOptions.config
    if (access?.act != null && !isTrial(request)) {
      const { body } = request
      const subject = access.subjectOf?.(body) ?? namesOf(request).join(', ')
      const act = { ...toAct(request, access.act, subject), reason: readReason(body) }
      request.begun = { entryId: await trail.beginAct(act), act }
    }
    const named = new Set(readByName(request, access))
    const news = [...named].filter(clientId => !seen.has(nameLook(request, clientId)))
    await trail.recordActs(news.map(clientId => toAct(request, 'read_client', clientId)))
    for (const clientId of news) seen.add(nameLook(request, clientId))
  })
  app.addHook('onSend', async (request, reply) => {
    const { begun } = request
    if (begun === null) return
    // What was done is answered, also where its end can't be recorded: an act that is begun and no more says as much.
    await trail
      .endAct(begun.entryId, begun.act, toOutcome(reply.statusCode))
      .catch(error =>
        request.log.error({ err: error, act: begun.act.act }, 'the end of an act is not recorded'),
      )
  })
}

function toAct({ caller, saidActor }: FastifyRequest, act: Act, subject: string): KnownAct {
  return { act, subject, actor: nameCaller(caller), via: caller.via, saidActor, reason: null }
}

const REASONED = z.union([
  z.looseObject({ reason: z.string() }).transform(({ reason }) => reason),
  z.looseObject({ force: z.looseObject({ reason: z.string() }) }).transform(({ force }) => force.reason),
])

/** Null where the body says none. */
function readReason(body: unknown): string | null {
  return REASONED.safeParse(body).data ?? null
}

/** Of those who may see everybody's. Who sees one client's figures alone sees their own. */
function readByName(request: FastifyRequest, access: RouteAccess | undefined): readonly string[] {
  if (access?.reads === undefined) return []
  const { actor, scope } = request.caller
  return actor === null || scope.kind !== 'all' ? [] : namesOf(request, access.reads)
}

function nameLook({ caller }: FastifyRequest, clientId: string): string {
  return JSON.stringify([caller.actor, clientId])
}

const TRIAL = z.looseObject({ dryRun: z.literal(true) })

/** It changes nothing. */
function isTrial({ body }: FastifyRequest): boolean {
  return TRIAL.safeParse(body).success
}

function toOutcome(status: number): ActOutcome {
  if (status < 400) return 'done'
  return status < 500 ? 'refused' : 'failed'
}
