import './mend-connections.ts'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'

const require = createRequire(import.meta.url)

test('a connection begins without what was left of an answer that broke off', async () => {
  const Connection = require('kafkajs/src/network/connection.js')
  const silent = { debug: () => undefined, error: () => undefined, info: () => undefined }
  const connection = new Connection({
    ...{ host: '127.0.0.1', port: 1, logger: { ...silent, namespace: () => silent } },
    ...{ requestTimeout: 100, connectionTimeout: 100, enforceRequestTimeout: true },
    socketFactory: () => {
      throw new Error('nobody is there')
    },
  })
  // Four bytes that tell of nine, and one of these.
  connection.processData(Buffer.from([0, 0, 0, 9, 1]))
  expect(connection.bytesBuffered).toBe(5)
  await expect(connection.connect()).rejects.toThrow('nobody is there')
  expect([connection.chunks, connection.bytesBuffered, connection.bytesNeeded]).toEqual([[], 0, 4])
})
