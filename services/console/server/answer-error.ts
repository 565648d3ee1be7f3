import { LogUnavailableError } from '@forbruk/infra/log/event-log.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { BillingPeriodError } from '@forbruk/schemas/period/billing-period.ts'
import { ACROSS } from '@forbruk/schemas/text/across.ts'
import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Problem, ProblemError } from './problem.ts'

const TOO_SLOW = malformed(408, 'the request took too long to arrive')

/** What a caller reads of an error: what it can act on, and never how the program looks inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof BillingPeriodError) return malformed(400, error.message)
  if (error instanceof LogUnavailableError) {
    return {
      kind: 'log_unavailable',
      status: 503,
      detail: 'the event log does not answer now; try again later',
    }
  }
  if (error instanceof StoreUnavailableError) {
    return {
      kind: 'store_unavailable',
      status: 503,
      detail: 'the store does not answer now; try again later',
    }
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message }) => ({
      at: instancePath
        .split('/')
        .filter(part => part !== '')
        .join('.'),
      detail: message ?? 'is not right',
    }))
    const where = error.validationContext ?? 'request'
    const details = issues.map(({ at, detail }) => (at === '' ? detail : `${at}: ${detail}`))
    const detail = `the ${where} is not right: ${details.join('; ')}`
    const isAcross = error.validation.every(each => acrossShape.safeParse(each).success)
    return isAcross
      ? { kind: 'question_unclear', status: 422, detail, more: { issues } }
      : { ...malformed(400, detail), more: { issues } }
  }
  return fromFastify(error)
}

/** As the parts of a document go, each is right. */
const acrossShape = z.object({
  params: z.object({ params: z.object({ isAcross: z.literal(ACROSS.isAcross) }) }),
})

function fromFastify(error: unknown): Problem {
  const status = isFastifyError(error) ? error.statusCode : undefined
  if (isFastifyError(error)) {
    if (status === 413) return malformed(413, 'the body is larger than this path takes')
    if (status === 415) return malformed(415, 'expected Content-Type: application/json')
    if (status === 408) return TOO_SLOW
    if (status === 414) return malformed(414, 'an id in the path is longer than this path takes')
    if (status === 400) return malformed(400, `the request can't be read: ${error.message}`)
  }
  return {
    kind: 'failure',
    status: 500,
    detail: 'something went wrong here; the log of the console says what',
  }
}

/** Of a connection that brought no request. `code` is Node's. */
export function toBareProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return TOO_SLOW
  if (code === 'HPE_HEADER_OVERFLOW') return malformed(431, 'the headers are larger than this server takes')
  return malformed(400, 'what arrived is no HTTP request')
}

function malformed(status: Problem['status'], detail: string): Problem {
  return { kind: 'request_malformed', status, detail }
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && 'code' in error
}
