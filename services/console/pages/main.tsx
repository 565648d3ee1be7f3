import './design/font.css'
import './design/tokens.css'
import './design/base.css'
import './design/layout.css'
import './design/parts.css'
import './design/pieces.css'
import './design/states.css'
import './design/tables.css'
import './design/signed-in.css'
import './design/print.css'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
  retainSearchParams,
} from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { CLIENT_SORTS, STANDINGS } from './ask/clients.ts'
import { Problem } from './ask/problem.ts'
import { sessionQuery } from './ask/session.ts'
import { Frame } from './parts/frame.tsx'
import { Broken, NotFound } from './parts/not-found.tsx'
import { isDay, isMonth } from './reader/months.ts'
import { ReaderProvider } from './reader/reader.tsx'

type Search = Readonly<Record<string, unknown>>

const oneOf = <Name extends string>(names: readonly Name[], value: unknown): Name | undefined =>
  names.find(name => name === value)
/** Nothing in an address must be there. */
const optional = <Named extends object>(named: Named): { [Name in keyof Named]?: Named[Name] } => named
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * A page's script. Where nobody answers, the frame stays, and says so: the router would load all of it anew, and leave
 * the browser's own page there. So it does where the server is there and the script isn't, as after an upgrade.
 */
const reached =
  <Page,>(load: () => Promise<Page>) =>
  async (): Promise<Page> => {
    try {
      return await load()
    } catch (error) {
      await fetch('/v1/health')
      throw error
    }
  }

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: Broken,
  validateSearch: (search: Search): { month?: string | undefined } =>
    isMonth(search.month) ? { month: search.month } : {},
  // Who looks at a month goes on looking at it.
  search: { middlewares: [retainSearchParams(['month'])] },
})

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(reached(() => import('./views/overview/overview.tsx'))),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/clients',
    component: lazyRouteComponent(reached(() => import('./views/clients/clients.tsx'))),
    validateSearch: (search: Search) =>
      optional({
        search: textOf(search.search),
        sort: oneOf(CLIENT_SORTS, search.sort),
        order: oneOf(['asc', 'desc'], search.order),
        standing: oneOf(STANDINGS, search.standing),
      }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/clients/$clientId',
    component: lazyRouteComponent(reached(() => import('./views/client/client.tsx'))),
    validateSearch: (search: Search) =>
      optional({
        day: isDay(search.day) ? search.day : undefined,
        measure: oneOf(['requests', 'bytes'], search.measure),
        compare: isMonth(search.compare) ? search.compare : undefined,
      }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/months',
    component: lazyRouteComponent(reached(() => import('./views/months/months.tsx'))),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/dialogue',
    component: lazyRouteComponent(reached(() => import('./views/dialogue/dialogue.tsx'))),
    validateSearch: (search: Search) => optional({ state: oneOf(['open', 'decided'], search.state) }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/dialogue/$caseId',
    component: lazyRouteComponent(reached(() => import('./views/dialogue/case.tsx'))),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/pipeline',
    component: lazyRouteComponent(reached(() => import('./views/pipeline/pipeline.tsx'))),
    validateSearch: (search: Search) => optional({ reason: textOf(search.reason) }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/access',
    component: lazyRouteComponent(reached(() => import('./views/access/access.tsx'))),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: lazyRouteComponent(reached(() => import('./views/access/sign-in.tsx'))),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/registry',
    component: lazyRouteComponent(reached(() => import('./views/registry/registry.tsx'))),
  }),
] as const

const router = createRouter({
  routeTree: root.addChildren(routes),
  scrollRestoration: true,
  defaultErrorComponent: Broken,
  // Addresses are for people: plain text, no JSON.
  parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: search => {
    const named = Object.entries(search).filter(([, value]) => typeof value === 'string' && value !== '')
    const query = new URLSearchParams(named.map(([name, value]) => [name, String(value)]))
    return query.size === 0 ? '' : `?${query}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** A session that has ended shows itself by any answer: then who looks is asked anew, and signs in where they are. */
const askWhoLooks = (error: Error) => {
  if (error instanceof Problem && error.status === 401 && error.kind === 'token_missing')
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: askWhoLooks }),
  mutationCache: new MutationCache({ onError: askWhoLooks }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused once is refused again.
      retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
})

const place = document.getElementById('root')
if (place === null) throw new Error('expected an element #root in index.html')
createRoot(place).render(
  <QueryClientProvider client={queries}>
    <ReaderProvider>
      <RouterProvider router={router} />
    </ReaderProvider>
  </QueryClientProvider>,
)
