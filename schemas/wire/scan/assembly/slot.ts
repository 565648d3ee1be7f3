/**
 * The memory that both sides know, `scan-requests.ts` outside being the other one: a slot for each value, where it is
 * told where the value stands and what was read there; then the values themselves. Addresses and numbers of 32 bits,
 * unless said otherwise.
 */
export const SLOT_BYTES: usize = 96
/** 1 024 of them. */
export const SLOTS: usize = memory.data(98304, 16)

/** Of the value. */
export const START: usize = 0
export const END: usize = 4
/** What the scan says; NOT_SCANNED where it leaves the value to the decoder. */
export const OUTCOME: usize = 8
export const STATUS: usize = 12
/** Of 64 bits, floating: whole numbers. */
export const TIME_MS: usize = 16
export const REQUEST_BYTES: usize = 24
export const RESPONSE_BYTES: usize = 32
export const POSITION: usize = 40
/** Texts: start, end, hash. */
export const SOURCE: usize = 48
export const CLIENT: usize = 60
export const INTEGRATION: usize = 72
/** The request id, or the file of a position. */
export const IDENTITY_TEXT: usize = 84

export const NOT_SCANNED: i32 = 0
export const WITHOUT_IDENTITY: i32 = 1
export const WITH_REQUEST_ID: i32 = 2
export const WITH_POSITION: i32 = 3
