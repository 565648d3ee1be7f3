/** Nothing was made. The command ends with exit code 3. */
export class TokenRefusedError extends Error {
  override name = 'TokenRefusedError'
  constructor(token: string, madeBy: string, madeAt: string) {
    super(
      `token ${token}: ${madeBy} made one of this name at ${madeAt}; ` +
        'a name is never used twice, so that the audit log means one: take a new name',
    )
  }
}

/** There is no token of that name: wrong usage. */
export class TokenUnknownError extends Error {
  override name = 'TokenUnknownError'
  constructor(token: string) {
    super(`no token has the name ${token}; forbruk access token list has them`)
  }
}
