import { mayUse } from '@forbruk/schemas/access/role.ts'
import type { Caller } from '../ask/session.ts'

/** A page in the list of pages: its route, and for one client's the client. */
type Page =
  | { readonly to: (typeof PATHS)[number]; readonly clientId?: undefined; readonly name: PageName }
  | { readonly to: '/clients/$clientId'; readonly clientId: string; readonly name: PageName }

const PATHS = ['/', '/clients', '/months', '/dialogue', '/pipeline', '/registry', '/access'] as const
type PageName =
  | 'overview'
  | 'clients'
  | 'usage'
  | 'months'
  | 'statements'
  | 'dialogue'
  | 'pipeline'
  | 'registry'
  | 'access'

const OVERVIEW: Page = { to: '/', name: 'overview' }
const CLIENTS: Page = { to: '/clients', name: 'clients' }
const EVERYBODYS: readonly Page[] = [
  OVERVIEW,
  CLIENTS,
  { to: '/months', name: 'months' },
  { to: '/dialogue', name: 'dialogue' },
  { to: '/pipeline', name: 'pipeline' },
  { to: '/registry', name: 'registry' },
]
const ACCESS: Page = { to: '/access', name: 'access' }
const STATEMENTS: Page = { to: '/months', name: 'statements' }

type Whose = Pick<Caller, 'clientId' | 'partnerId' | 'roles'>

/** Pure: the pages of which somebody may ask the figures; what one can't be answered is not shown. */
export function pagesOf({ clientId, partnerId, roles }: Whose): readonly Page[] {
  if (clientId !== null) return [{ to: '/clients/$clientId', clientId, name: 'usage' }, STATEMENTS]
  if (partnerId !== null) return [CLIENTS, STATEMENTS]
  return mayUse(roles, 'admin') ? [...EVERYBODYS, ACCESS] : EVERYBODYS
}

/** Pure: where somebody begins. */
export function startOf(caller: Whose): Page {
  return pagesOf(caller)[0] ?? OVERVIEW
}

/** Pure: a page of theirs, or one below it. */
export function mayVisit(caller: Whose, path: string): boolean {
  if (path === '/sign-in') return true
  const plain = decode(path)
  return pagesOf(caller).some(page => {
    const own = page.clientId === undefined ? page.to : `/clients/${page.clientId}`
    return plain === own || (own !== '/' && plain.startsWith(`${own}/`))
  })
}

/** Browsers write some characters of a path in two ways. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
