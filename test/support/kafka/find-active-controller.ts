import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const DESCRIBE_QUORUM = 55
const TIMEOUT_MS = 5_000
/** In the answer, behind its length, its number, and what precedes it of the one partition that was asked for. */
const LEADER_AT_BYTE = 38
const ANSWER_BYTES_MIN = LEADER_AT_BYTE + 4

/**
 * The node that is the active controller: the leader of the metadata's log. kafkajs can't ask for it; what brokers call
 * the controller in their metadata is any of them that lives, since each passes on what is meant for it.
 */
export async function findActiveController(addresses: readonly string[]): Promise<number> {
  const failures: unknown[] = []
  for (const address of addresses) {
    try {
      return await askForLeader(address)
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, `no broker of ${addresses.join(', ')} knows the active controller`)
}

async function askForLeader(address: string): Promise<number> {
  const [host = '', port = ''] = address.split(':')
  const socket = connect({ host, port: Number(port), timeout: TIMEOUT_MS })
  socket.once('timeout', () => socket.destroy(new Error(`${address}: no answer within ${TIMEOUT_MS} ms`)))
  try {
    await once(socket, 'connect')
    socket.write(describeQuorum())
    return readLeader(await readAnswer(socket, address), address)
  } finally {
    socket.destroy()
  }
}

async function readAnswer(socket: Socket, address: string): Promise<Buffer> {
  let answer = Buffer.alloc(0)
  for await (const chunk of socket) {
    answer = Buffer.concat([answer, chunk])
    if (answer.length >= ANSWER_BYTES_MIN) return answer
  }
  throw new Error(`${address}: hung up before it answered who leads`)
}

function readLeader(answer: Buffer, address: string): number {
  const leader = answer.readInt32BE(LEADER_AT_BYTE)
  if (answer.readInt16BE(LEADER_AT_BYTE - 2) === 0 && leader >= 0) return leader
  throw new Error(`${address}: nobody leads the metadata`)
}

/** Version 0 of the request, with lengths as Kafka's flexible versions have them, and no tagged field anywhere. */
function describeQuorum(): Buffer {
  const [topic, oneEntry, noTags] = ['__cluster_metadata', 2, 0]
  const header = Buffer.alloc(11)
  header.writeInt16BE(DESCRIBE_QUORUM, 0)
  header.writeInt16BE(-1, 8)
  const body = Buffer.from([
    ...[oneEntry, topic.length + 1, ...Buffer.from(topic)],
    ...[oneEntry, 0, 0, 0, 0, noTags, noTags, noTags],
  ])
  const length = Buffer.alloc(4)
  length.writeInt32BE(header.length + body.length, 0)
  return Buffer.concat([length, header, body])
}
