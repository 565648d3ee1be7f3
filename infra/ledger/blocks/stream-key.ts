import {
  generateKeyPair,
  type SignRecord,
  signWith,
  type VerifySigned,
  verifyWith,
} from '@forbruk/schemas/wire/sign-record.ts'
import { insertValues } from '../../store/insert-values.ts'
import { putIfAbsent } from '../../store/put-if-absent.ts'
import type { Store } from '../../store/store.ts'
import { streamKey } from '../../store/tables/stream-key.ts'
import { streamSecret } from '../../store/tables/stream-secret.ts'
import { select } from '../../store/tables/table.ts'

/** By which a stream's own records are told from what anybody may write to its topic. */
export type StreamKey = {
  readonly publicKey: string
  readonly verify: VerifySigned
  /** Throws StreamKeyError where the store has only the public half: the stream is another installation's to change. */
  readonly sign: SignRecord
}

/** Another key is held by then, or no secret half: how the stream is counted is somebody else's to say. */
export class StreamKeyError extends Error {
  override name = 'StreamKeyError'
}

/** Null while the stream has none. What a reading process can't read is the secret half. */
export async function readStreamKey(store: Store, stream: string): Promise<StreamKey | null> {
  const publicKey = await readPublicKey(store, stream)
  return publicKey === null ? null : openKey(store, stream, publicKey)
}

/** The stream's key, which is made where it has none: whoever comes first, all get the same. */
export async function makeStreamKey(store: Store, stream: string): Promise<StreamKey> {
  const held = await readStreamKey(store, stream)
  if (held !== null) return held
  const pair = generateKeyPair()
  // First: of a key that holds, the secret half is there.
  await insertValues(store, streamSecret, [pair])
  return openKey(store, stream, await putPublicKey(store, stream, pair.publicKey))
}

/**
 * Takes another installation's key for the stream, so that its records are known here, and none can be signed. Throws
 * StreamKeyError when the store has another one: what was counted was judged by that.
 */
export async function importStreamKey(store: Store, stream: string, publicKey: string): Promise<void> {
  const held = await putPublicKey(store, stream, publicKey)
  if (held === publicKey) return
  throw new StreamKeyError(
    `the stream ${stream} has the key ${held} in this store, and was counted by it; expected none yet. To count it ` +
      `by ${publicKey}, import that into an empty store, before the first forbruk aggregate`,
  )
}

async function openKey(store: Store, stream: string, publicKey: string): Promise<StreamKey> {
  const secretKey = store.kind === 'reader' ? null : await readSecretKey(store, publicKey)
  const refuse: SignRecord = () => {
    throw new StreamKeyError(
      `the store has no secret half of the key ${publicKey} of ${stream}: how it is counted is changed in the ` +
        'store in which the key was made; where that is this one, restore its table stream_secret',
    )
  }
  const sign = secretKey === null ? refuse : signWith({ publicKey, secretKey })
  return { publicKey, verify: verifyWith(publicKey), sign }
}

async function putPublicKey(store: Store, stream: string, publicKey: string): Promise<string> {
  return putIfAbsent({
    store,
    table: streamKey,
    values: [{ stream, publicKey }],
    key: stream,
    read: () => readPublicKey(store, stream),
  })
}

async function readPublicKey(store: Store, stream: string): Promise<string | null> {
  const { list, shape } = select(streamKey)
  const sql = `SELECT ${list} FROM stream_key WHERE stream = {stream:String} LIMIT 1`
  const [row] = await store.query(sql, shape, { stream })
  return row?.publicKey ?? null
}

async function readSecretKey(store: Store, publicKey: string): Promise<string | null> {
  const { list, shape } = select(streamSecret)
  const sql = `SELECT ${list} FROM stream_secret WHERE public_key = {public_key:String} LIMIT 1`
  const [row] = await store.query(sql, shape, { public_key: publicKey })
  return row?.secretKey ?? null
}
