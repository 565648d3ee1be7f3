import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

const textsShape = z
  .looseObject({})
  .transform(values =>
    Object.entries(values).flatMap(([key, value]) =>
      [value].flat().flatMap(each => (typeof each === 'string' ? [{ key, value: each }] : [])),
    ),
  )
const namedShape = z.looseObject({ name: z.string() })

/**
 * Whom or what a request is about: what its path names, else what its body does; or what stands in one parameter. An id
 * of a case begins with its client, and is taken for that where clients are asked for.
 */
export function namesOf({ params, query, body }: Asked, parameter?: string): readonly string[] {
  if (parameter !== undefined) {
    const values = [...textsOf(params), ...textsOf(query)].filter(({ key }) => key === parameter)
    return values.map(({ value }) => (parameter === 'id' ? value.replace(/\/\d{4}-\d\d$/, '') : value))
  }
  const inPath = textsOf(params).map(({ value }) => value)
  const inBody = namedShape.safeParse(body)
  return inPath.length > 0 || !inBody.success ? inPath : [inBody.data.name]
}

type Asked = Pick<FastifyRequest, 'params' | 'query' | 'body'>

function textsOf(values: unknown) {
  const parsed = textsShape.safeParse(values)
  return parsed.success ? parsed.data : []
}
