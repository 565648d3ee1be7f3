/**
 * Of a mistake that no part of a document has by itself, but two together, as its `params`: the document has the shape
 * that it is told to have, and can't be taken all the same.
 */
export const ACROSS = { isAcross: true } as const
