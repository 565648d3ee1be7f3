import { createServer, type RequestListener } from 'node:http'
import { Provider } from 'oidc-provider'
import { z } from 'zod'

/** Who may log in there, with the claims that are told of each. */
type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const CLIENT = { client_id: 'forbruk', client_secret: 'a-secret-of-some-length' }

/** A real provider of OpenID Connect on a port of this machine. It knows one application, once that has its address. */
export async function startProvider(accounts: Accounts) {
  let listen: RequestListener = (_request, answer) => answer.writeHead(503).end()
  const server = createServer((request, answer) => listen(request, answer))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const issuer = new URL(`http://127.0.0.1:${port}`)
  return {
    settings: { issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret },
    knowConsole(url: string) {
      const provider = new Provider(issuer.origin, {
        clients: [
          {
            ...CLIENT,
            redirect_uris: [`${url}/v1/access/login/callback`],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        scopes: ['openid', 'email', 'groups'],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
        conformIdTokenClaims: false,
        pkce: { required: () => true },
        findAccount: (_context, id) => ({
          accountId: id,
          claims: async () => ({ sub: id, ...accounts[id] }),
        }),
      })
      listen = provider.callback()
    },
    stop: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The pages of a provider, as a person with a browser goes through them: the address to which it sends them back. */
export async function logInAt(start: string, login: string, backTo: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let [url, form]: [string, Record<string, string> | null] = [start, null]
  for (let step = 0; step < 12; step += 1) {
    const answer = await visit(url, form, cookies)
    const location = answer.headers.get('location')
    const page = await answer.text()
    if (location !== null) {
      const next = new URL(location, url)
      if (next.href.startsWith(backTo)) return next
      ;[url, form] = [next.href, null]
      continue
    }
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? []
    const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? []
    if (action === undefined || prompt === undefined)
      throw new Error(`${url} answers ${answer.status}: ${page}`)
    ;[url, form] = [new URL(action, url).href, { prompt, login, password: 'any' }]
  }
  throw new Error(`${start} never comes back to ${backTo}`)
}

async function visit(url: string, form: Record<string, string> | null, cookies: Map<string, string>) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const post = form === null ? {} : { method: 'POST', body: new URLSearchParams(form) }
  const answer = await fetch(url, { ...post, redirect: 'manual', headers: { cookie } })
  for (const text of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
    cookies.set(name, value)
  }
  return answer
}
