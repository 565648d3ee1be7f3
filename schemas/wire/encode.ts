import {
  type EventIdentity,
  NO_OBSTACLES,
  type RejectedLine,
  type RequestEvent,
  type SourceMark,
  type StreamGrowth,
  type StreamVersion,
  type TimeLimits,
} from '../event/log-event.ts'
import {
  rejectedLineV1,
  requestEventV1,
  sourceMarkV1,
  sourceMarkV2,
  sourceMarkV3,
  streamGrowthV1,
  streamLimitsV1,
  streamVersionV1,
} from './avro-types.ts'
import { encodeSingleObject } from './single-object.ts'

/** One event as a record's value: Avro, single-object encoding, newest version. Signing says that its time is right. */
export function encodeRequest(event: RequestEvent): Buffer {
  // Field by field: events are many, and a copied object takes twice as long to write.
  return encodeSingleObject(requestEventV1, {
    source: event.source,
    identity: wrapIdentity(event.identity),
    clientId: event.clientId,
    integrationId: event.integrationId,
    timeMs: event.timeMs,
    status: event.status,
    requestBytes: event.requestBytes,
    responseBytes: event.responseBytes,
  })
}

/** A request as it stands in a JSON record. */
export function toJsonRequest(event: RequestEvent) {
  const { source, identity } = event
  return {
    source,
    ...(identity.kind === 'position' ? { file: identity.file, position: identity.position } : {}),
    ...(identity.kind === 'request_id' ? { request_id: identity.id } : {}),
    client_id: event.clientId,
    integration_id: event.integrationId,
    time: event.timeMs,
    status: event.status,
    request_bytes: event.requestBytes,
    response_bytes: event.responseBytes,
  }
}

/** The oldest version that can say it. */
export function encodeMark(mark: SourceMark): Buffer {
  const { obstacles, instance } = mark
  if (obstacles === undefined && instance === undefined) return encodeSingleObject(sourceMarkV1, mark)
  const { total: obstaclesTotal, listed } = obstacles ?? NO_OBSTACLES
  const obstructed = { ...mark, obstacles: listed, obstaclesTotal }
  if (instance === undefined) return encodeSingleObject(sourceMarkV2, obstructed)
  return encodeSingleObject(sourceMarkV3, { ...obstructed, ...instance, instance: instance.id })
}

export function encodeRejectedLine(line: RejectedLine): Buffer {
  return encodeSingleObject(rejectedLineV1, line)
}

export function encodeStreamVersion(version: Omit<StreamVersion, 'kind'>): Buffer {
  return encodeSingleObject(streamVersionV1, version)
}

export function encodeStreamLimits(limits: TimeLimits): Buffer {
  return encodeSingleObject(streamLimitsV1, limits)
}

export function encodeStreamGrowth(growth: Omit<StreamGrowth, 'kind'>): Buffer {
  return encodeSingleObject(streamGrowthV1, growth)
}

function wrapIdentity(identity: EventIdentity): unknown {
  switch (identity.kind) {
    case 'position':
      return { 'no.forbruk.LinePosition': identity }
    case 'request_id':
      return { 'no.forbruk.RequestId': identity }
    case 'none':
      return null
  }
}
