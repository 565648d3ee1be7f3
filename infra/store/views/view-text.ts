/** What a stable view is, and each of its columns: for clients that show comments, and for docs/sql.md. */
type ViewText = { readonly is: string; readonly columns: Readonly<Record<string, string>> }

/** By the view's name, in the order in which a page has them. */
export type ViewTexts = Readonly<Record<string, ViewText>>
