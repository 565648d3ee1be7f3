import type { ServerResponse } from 'node:http'
import type { Reply } from './answer-request.ts'

/** Of an answer that its reader takes no byte of. */
const STALL_MS = 10_000
/** Of any answer: at this rate the largest passes. */
const SEND_MS = 60_000
const PIECE_BYTES = 65_536

/**
 * Resolves when the whole answer has been handed to the network, or its reader is cut off: for taking nothing for 10 s,
 * or for not having taken everything in a minute. Until then the answer is in memory, and its sender's place is taken.
 */
export async function sendReply(response: ServerResponse, { status, headers, body }: Reply): Promise<void> {
  response.writeHead(status, { ...headers, 'content-length': body.length })
  const slow = setTimeout(() => response.destroy(), SEND_MS)
  try {
    for (let at = 0; at < body.length && !response.destroyed; at += PIECE_BYTES) {
      const piece = body.subarray(at, at + PIECE_BYTES)
      if (!response.write(piece)) await drained(response)
    }
    response.end()
    await finished(response)
  } finally {
    clearTimeout(slow)
  }
}

function drained(response: ServerResponse): Promise<void> {
  return settle(response, 'drain')
}

function finished(response: ServerResponse): Promise<void> {
  return response.writableFinished ? Promise.resolve() : settle(response, 'finish')
}

/** At the event, or when the reader has gone or is cut off. */
function settle(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  if (response.destroyed) return Promise.resolve()
  return new Promise(resolve => {
    const stalled = setTimeout(() => response.destroy(), STALL_MS)
    const end = () => {
      clearTimeout(stalled)
      response.off(event, end).off('close', end)
      resolve()
    }
    response.once(event, end).once('close', end)
  })
}
