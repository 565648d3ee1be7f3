import type { FastifyInstance, RouteOptions } from 'fastify'
import type { RouteAccess } from './route-access.ts'

/** A route for which nobody said who may use it, or what it does: the console isn't opened with it. */
export function requireAccess(app: Pick<FastifyInstance, 'addHook'>): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', route => {
    routes.push(route)
  })
  // Not sooner: a plugin's own hook may say it of all its routes.
  app.addHook('onReady', async () => {
    const silent = routes.flatMap(({ config, method, url }) => {
      const lack = findLack(config?.access, [method].flat())
      return lack === null ? [] : [`${[method].flat().join(', ')} ${url} ${lack}`]
    })
    if (silent.length > 0) throw new Error(`${silent.join('; ')}: expected it in the config of each route`)
  })
}

function findLack(access: RouteAccess | undefined, methods: readonly string[]): string | null {
  if (access === undefined) return 'says of no role that it may use it (access.role)'
  const isWrite = methods.some(method => method !== 'GET' && method !== 'HEAD')
  const isUnsaid = isWrite && access.act === undefined && access.role !== 'anybody'
  return isUnsaid ? 'says not what it does (access.act)' : null
}
