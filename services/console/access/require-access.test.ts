import fastify from 'fastify'
import { expect, test } from 'vitest'
import { requireAccess } from './require-access.ts'
import type { RouteAccess } from './route-access.ts'

async function start(method: 'GET' | 'POST', access: RouteAccess | undefined): Promise<void> {
  const app = fastify()
  requireAccess(app)
  const config = access === undefined ? {} : { access }
  app.route({ method, url: '/v1/things', config, handler: async () => ({}) })
  await app.ready()
  await app.close()
}

test.each<[string, 'GET' | 'POST', RouteAccess | undefined, RegExp]>([
  ['no role', 'GET', undefined, /GET \/v1\/things says of no role/],
  ['no role, of a write', 'POST', undefined, /POST \/v1\/things says of no role/],
  ['not what a write does', 'POST', { role: 'closer' }, /POST \/v1\/things says not what it does/],
])('with a route that says %s the console does not open', async (_what, method, access, message) => {
  await expect(start(method, access)).rejects.toThrow(message)
})

test.each<['GET' | 'POST', RouteAccess]>([
  ['GET', { role: 'reader' }],
  ['POST', { role: 'closer', act: 'close_month' }],
  ['POST', { role: 'reader', act: null }],
  ['POST', { role: 'anybody' }],
])('with a %s of %j it does', async (method, access) => {
  await expect(start(method, access)).resolves.toBeUndefined()
})
