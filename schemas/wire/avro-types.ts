import { loadWireType } from './single-object.ts'

/**
 * The event log's Avro types. A schema file is kept for ever under its version: a new version is a new file here, and
 * the golden bytes of every version must decode for as long as a log may hold them.
 */
export const requestEventV1 = loadWireType('request-event.v1.avsc')
export const sourceMarkV1 = loadWireType('source-mark.v1.avsc')
export const sourceMarkV2 = loadWireType('source-mark.v2.avsc')
export const sourceMarkV3 = loadWireType('source-mark.v3.avsc')
export const rejectedLineV1 = loadWireType('rejected-line.v1.avsc')
export const streamVersionV1 = loadWireType('stream-version.v1.avsc')
export const streamLimitsV1 = loadWireType('stream-limits.v1.avsc')
export const streamGrowthV1 = loadWireType('stream-growth.v1.avsc')
export const signedRecordV1 = loadWireType('signed-record.v1.avsc')
