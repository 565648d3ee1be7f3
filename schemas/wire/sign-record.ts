import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { SignedRecord } from '../event/log-event.ts'
import { signedRecordV1 } from './avro-types.ts'
import { encodeSingleObject } from './single-object.ts'

/** An Ed25519 key pair, each half as the 43 letters of base64url that JSON Web Keys have for it. */
type KeyPair = { readonly publicKey: string; readonly secretKey: string }

/** Where a signed record stands: copied elsewhere it says nothing. */
type SignedPlace = { readonly stream: string; readonly partition: number }

/** A payload as a record that whoever holds the key stands for. */
export type SignRecord = (place: SignedPlace, sequence: number, payload: Buffer) => Buffer

export type VerifySigned = (place: SignedPlace, record: SignedRecord) => boolean

const PUBLIC_KEY = /^[\w-]{43}$/

export function generateKeyPair(): KeyPair {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { publicKey: x, secretKey: d }
}

export function isPublicKey(text: string): boolean {
  return PUBLIC_KEY.test(text)
}

export function signWith({ publicKey, secretKey }: KeyPair): SignRecord {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey, d: secretKey }
  const key = createPrivateKey({ format: 'jwk', key: jwk })
  return (place, sequence, payload) => {
    const signature = sign(null, spellWord(place, sequence, payload), key)
    return encodeSingleObject(signedRecordV1, { sequence, payload, signature })
  }
}

export function verifyWith(publicKey: string): VerifySigned {
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } })
  return (place, { sequence, payload, signature }) =>
    verify(null, spellWord(place, sequence, payload), key, signature)
}

/** What is signed. No name of a stream holds a zero byte. */
function spellWord({ stream, partition }: SignedPlace, sequence: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`forbruk.signed.v1\0${stream}\0${partition}\0${sequence}\0`), payload])
}
