import type { FastifyInstance, RouteOptions } from 'fastify'

/** A route for which nobody said who may use it: the console isn't opened with it. */
export function requireAccess(app: Pick<FastifyInstance, 'addHook'>): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', route => {
    routes.push(route)
  })
  // Not sooner: a plugin's own hook may say it of all its routes.
  app.addHook('onReady', async () => {
    const silent = routes.filter(({ config }) => config?.access === undefined)
    if (silent.length === 0) return
    const names = silent.map(({ method, url }) => `${[method].flat().join(', ')} ${url}`).join('; ')
    throw new Error(
      `no access is declared for ${names}; expected config: { access: { role: … } } with each route`,
    )
  })
}
