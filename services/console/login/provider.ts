import type { LoginSettings } from '@forbruk/infra/runtime/login-settings.ts'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { type Person, readPerson } from './read-person.ts'

/** What the browser keeps while its person is at the provider. It is of use to nobody but that browser. */
export type Attempt = { readonly state: string; readonly nonce: string; readonly verifier: string }

const TIMEOUT_SECONDS = 10

/** The provider at which people log in. What it doesn't answer, or answers wrongly, is thrown. */
export class Provider {
  readonly #settings: LoginSettings
  #configuration: Promise<Configuration> | null = null

  constructor(settings: LoginSettings) {
    this.#settings = settings
  }

  /** Where to send the browser, and what it has to bring back. */
  async begin(redirectUrl: URL): Promise<{ readonly url: URL; readonly attempt: Attempt }> {
    const attempt = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
    const url = buildAuthorizationUrl(await this.#discover(), {
      redirect_uri: redirectUrl.href,
      scope: this.#settings.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    })
    return { url, attempt }
  }

  /**
   * Who came back. State, nonce and verifier tie the answer to the browser that began; the ID token's signature is
   * checked by the provider's keys, its issuer and audience by the settings. Null: nobody whom we can name.
   */
  async finish(returned: URL, { state, nonce, verifier }: Attempt): Promise<Person | null> {
    const tokens = await authorizationCodeGrant(await this.#discover(), returned, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    return readPerson(tokens.claims() ?? {}, this.#settings)
  }

  /** Once, and again after it failed: the provider may be there by then. */
  #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings
    // The settings take http:// for this machine alone.
    const execute = [
      enableNonRepudiationChecks,
      ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : []),
    ]
    this.#configuration ??= discovery(issuer, clientId, clientSecret, undefined, {
      execute,
      timeout: TIMEOUT_SECONDS,
    }).catch(error => {
      this.#configuration = null
      throw error
    })
    return this.#configuration
  }
}
