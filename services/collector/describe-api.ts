import { readFileSync } from 'node:fs'
import { DECLARATIONS } from '@forbruk/schemas/gateway/declarations.ts'
import { ENVELOPES } from '@forbruk/schemas/gateway/envelope.ts'
import { z } from 'zod'
import { healthShape, problemShape, REJECTED_HEADER, takenShape } from './answer.ts'
import { BOUNDS } from './bounds.ts'
import { KEY_PATTERN, OWN_EVENTS } from './choose-reading.ts'
import {
  type AnswerStyle,
  DESCRIPTION_PATH,
  EVENT_PATHS,
  HEALTH_PATH,
  METRICS_PATH,
  TAKEN_STATUS,
} from './paths.ts'

type Json = Readonly<Record<string, unknown>>

const eventSchema = z
  .object({ $defs: z.record(z.string(), z.unknown()) })
  .parse(
    JSON.parse(
      readFileSync(new URL(import.meta.resolve('@forbruk/schemas/wire/request-event.schema.json')), 'utf8'),
      (key, value) =>
        key === '$ref' && typeof value === 'string'
          ? value.replace('#/$defs/', '#/components/schemas/')
          : value,
    ),
  )

/**
 * The collector's own description, as OpenAPI 3.1: made of the paths, shapes and bounds that answer.
 *
 * @param needsToken whether nobody sends without one
 */
export function describeApi({ needsToken }: { readonly needsToken: boolean }): Json {
  const reads = {
    [HEALTH_PATH]: {
      get: { summary: 'Whether the collector answers', ...respond({ 200: answer('It does', healthShape) }) },
    },
    [METRICS_PATH]: {
      get: {
        summary: 'What was taken and refused, in the text format of Prometheus',
        ...(needsToken ? { security: [{ token: [] }] } : {}),
        ...respond(
          { 200: { description: 'The figures', content: { 'text/plain': { schema: { type: 'string' } } } } },
          { 401: REFUSALS[401], 403: REFUSALS[403] },
        ),
      },
    },
    [DESCRIPTION_PATH]: {
      get: {
        summary: 'This description',
        ...respond({ 200: answer('It', z.record(z.string(), z.unknown())) }),
      },
    },
  }
  const sends = [...EVENT_PATHS].map(([path, style]) => [path, { post: describeSend(style, needsToken) }])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Forbruk, collector',
      version: '1',
      description:
        'Takes requests of gateways into the event log. What is answered with success is in the log, all of it: to ' +
        'be counted, or rejected with its reason. What is refused is refused whole.',
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...eventSchema.$defs, problem: toSchema(problemShape) },
    },
    paths: { ...Object.fromEntries(sends), ...reads },
  }
}

function describeSend(style: AnswerStyle, needsToken: boolean): Json {
  const isOwn = style === 'forbruk'
  const taken = {
    forbruk: answer('What became of each event', takenShape),
    openmeter: { description: 'Taken' },
    openmeter_v3: { description: 'Taken' },
  }[style]
  return {
    summary: isOwn ? "Takes gateways' requests" : 'Takes requests as OpenMeter takes events',
    ...(needsToken ? { security: [{ token: [] }] } : {}),
    parameters: PARAMETERS,
    requestBody: {
      description:
        'Compressed or not, as Content-Encoding says: gzip or zstd. ' +
        `At most ${BOUNDS.bodyBytesMax} bytes and ${BOUNDS.eventsMax} events, also once it is inflated. What it is ` +
        'its bytes tell: one JSON list, one JSON object, or else lines. What can not be read as a request is kept as ' +
        'rejected, with its reason, and is no fault of the whole.',
      content: isOwn
        ? { ...OWN_BODIES, ...CLOUD_EVENTS }
        : { 'application/json': body(CLOUD_EVENT), ...CLOUD_EVENTS },
    },
    ...respond({ [TAKEN_STATUS[style]]: { ...taken, headers: REJECTED } }, REFUSALS),
  }
}

const FORMATS = [
  OWN_EVENTS,
  ...DECLARATIONS.filter(({ client }) => client !== null).map(({ format }) => format),
]

const PARAMETERS = [
  {
    ...{ in: 'query', name: 'format', schema: { type: 'string', pattern: spellFormats() } },
    description: `a gateway's format; without it, CloudEvents as such, and all else as ${OWN_EVENTS} of our own`,
  },
  {
    ...{ in: 'header', name: 'Idempotency-Key', schema: { type: 'string', pattern: KEY_PATTERN.source } },
    description: 'stays when the body is sent again; needed where the format vouches for no id of a request',
  },
]

function spellFormats(): string {
  const quote = (name: string) => name.replaceAll(/[.+]/g, '\\$&')
  return `^(?:${OWN_EVENTS}|(?:(?:${ENVELOPES.join('|')})\\+)?(?:${FORMATS.slice(1).map(quote).join('|')}))$`
}

const EVENT = {
  ...{ client_id: 'acme', request_id: '6f1c2f0e5d0b4a8c', time: 1_795_651_200_123 },
  ...{ status: 200, request_bytes: 512, response_bytes: 2_048 },
}
const CLOUD_EVENT = {
  ...{ specversion: '1.0', type: 'request', id: '6f1c2f0e5d0b4a8c', source: 'gateway-7', subject: 'acme' },
  ...{ time: '2026-11-26T00:00:00.123Z', data: { status: 200, request_bytes: 512, response_bytes: 2_048 } },
}

const REQUEST = { $ref: '#/components/schemas/request' }
const OWN_BODIES = {
  'application/json': {
    // What is none of the first two is taken as well, and rejected event by event.
    schema: { anyOf: [REQUEST, { type: 'array', items: REQUEST }, {}] },
    examples: { event: { value: EVENT }, list: { value: [EVENT] } },
  },
  // Whatever it is, it is lines.
  'application/x-ndjson': { schema: {}, example: `${JSON.stringify(EVENT)}\n` },
  'text/plain': {
    schema: { type: 'string', description: "lines of a gateway's log" },
    example: `${JSON.stringify(EVENT)}\n`,
  },
}
const CLOUD_EVENTS = {
  'application/cloudevents+json': body(CLOUD_EVENT),
  'application/cloudevents-batch+json': body([CLOUD_EVENT]),
}

function body(example: unknown): Json {
  return { schema: {}, example }
}

const REJECTED = {
  [REJECTED_HEADER]: {
    description: 'how many events were rejected, where some were',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
}
const RETRY = { 'retry-after': { description: 'seconds', schema: { type: 'string', pattern: '^[0-9]+$' } } }

const REFUSALS = {
  400: refusal('The request, its parameters or its body is malformed'),
  401: {
    ...refusal('No token that is known'),
    headers: { 'www-authenticate': { schema: { type: 'string' }, required: true } },
  },
  403: refusal('A page of another site, or a Host that does not lead here'),
  413: refusal('More than a body may have'),
  415: refusal('A Content-Encoding that is not known'),
  422: refusal(
    'The format vouches for no id and there is no Idempotency-Key: sent again, it would count twice',
  ),
  429: { ...refusal('No room now; send the same again'), headers: RETRY },
  503: { ...refusal('The log did not acknowledge it; send the same again'), headers: RETRY },
}

function refusal(description: string) {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
  }
}

function answer(description: string, shape: z.ZodType) {
  return { description, content: { 'application/json': { schema: toSchema(shape) } } }
}

function respond(answers: Json, refusals: Json = {}): Json {
  return { responses: { ...answers, ...refusals, default: refusal('Why not') } }
}

function toSchema(shape: z.ZodType): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(shape)
  return schema
}
