export type StoreSettings = ServerStoreSettings | EmbeddedStoreSettings

export type ServerStoreSettings = {
  readonly kind: 'server'
  readonly url: string
  readonly user: string
  readonly password: string
  readonly database: string
}

export type EmbeddedStoreSettings = {
  readonly kind: 'embedded'
  /** The folder ClickHouse keeps its data in; made when missing. One process at a time may have it open. */
  readonly path: string
  readonly database: string
}
