import { createRequire } from 'node:module'

/**
 * kafkajs (2.2.4, no longer changed) keeps one object for all connections to a broker, one after the other, and in it
 * what had come of an answer when a connection broke off. What the next one sends is then read as the rest of that
 * answer: no request is ever answered again. So each begins with nothing.
 */
type Connection = { chunks: Buffer[]; bytesBuffered: number; bytesNeeded: number; isConnected(): boolean }

/** Each answer begins with four bytes that tell how long it is. */
const LENGTH_BYTES = 4
const require = createRequire(import.meta.url)
const {
  prototype,
}: {
  prototype: { connect(this: Connection): Promise<boolean> }
} = require('kafkajs/src/network/connection.js')
const { connect } = prototype

prototype.connect = function connectAfresh(this: Connection): Promise<boolean> {
  if (!this.isConnected()) Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES })
  return connect.call(this)
}
