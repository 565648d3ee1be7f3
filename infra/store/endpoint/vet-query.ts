/** One token of a statement, as the engine's own lexer names and cuts it. */
export type Token = readonly [type: string, text: string]

/** Names in lower case. */
export type Vocabulary = {
  /** Functions and tables that reach a file, a process or the network: refused wherever a name can stand. */
  readonly names: ReadonlySet<string>
  /** Functions that do so and are named like a column of ours: refused where anything but the column can stand. */
  readonly columnNames: ReadonlySet<string>
  /** Table functions that read anything but this store: refused where they are called. */
  readonly tableFunctions: ReadonlySet<string>
}

/**
 * Looks for what `readonly = 1` lets through: the scalar file(), which reads any file of this process; table functions
 * that open what they name before the engine asks whether they may; system tables that start a process or signal this
 * one's threads.
 *
 * `tokens` are those of the statement as the engine formats it after parsing: without comments, each name in one
 * spelling, all strings quoted alike. So a name in a string or a comment is none, and an escaped or quoted one is still
 * found. The formatted text rather than EXPLAIN AST, which leaves out APPLY's functions and SHOW's conditions.
 * @returns why the statement is refused, or null
 */
export function vetTokens(
  tokens: readonly Token[],
  parameters: ReadonlyMap<string, string>,
  vocabulary: Vocabulary,
): string | null {
  const significant = tokens.filter(([type]) => type !== 'Whitespace')
  // The brackets that are open where the loop stands, each with its place.
  const open: number[] = []
  for (const [index, token] of significant.entries()) {
    if (token[0].startsWith('Opening')) open.push(index)
    if (token[0].startsWith('Closing')) open.pop()
    const name = readName(token)
    if (name === null) continue
    if (vocabulary.names.has(name)) return outside(name)
    const isCalled = significant[index + 1]?.[0] === 'OpeningRoundBracket'
    if (isCalled && vocabulary.tableFunctions.has(name)) return outside(name)
    if (vocabulary.columnNames.has(name) && !isColumn(significant, index, open.at(-1) ?? null))
      return outside(name)
  }
  return vetIdentifiers(significant, parameters, vocabulary)
}

/**
 * Whether the name at `index` can't be a function's: it is compared with something, or stands in a list of the
 * statement or of a subquery. A function is called, applied, or the whole argument of another one, such as arrayMap.
 */
function isColumn(tokens: readonly Token[], index: number, bracket: number | null): boolean {
  const [before, after] = [tokens[index - 1], tokens[index + 1]]
  if (before?.[1].toUpperCase() === 'APPLY' || before?.[0] === 'Arrow') return false
  if (after?.[0] === 'OpeningRoundBracket' || after?.[1].toUpperCase() === 'AS') return false
  if (after?.[0] === 'Equals' || after?.[0] === 'NotEquals') return true
  const operator = after?.[1].toUpperCase() === 'NOT' ? tokens[index + 2] : after
  if (operator?.[1].toUpperCase() === 'LIKE') return true
  return bracket === null || /^(SELECT|WITH)$/i.test(tokens[bracket + 1]?.[1] ?? '')
}

/** A parameter of type Identifier puts a name into the statement: `arrayMap({f:Identifier}, …)` calls it. */
function vetIdentifiers(
  tokens: readonly Token[],
  parameters: ReadonlyMap<string, string>,
  vocabulary: Vocabulary,
): string | null {
  for (const [index, [type]] of tokens.entries()) {
    if (type !== 'OpeningCurlyBrace' || tokens[index + 3]?.[1].toLowerCase() !== 'identifier') continue
    const value = parameters.get(tokens[index + 1]?.[1] ?? '') ?? ''
    const parts = unescapeParameter(value)
      .toLowerCase()
      .split(/[^\p{L}\p{N}_]+/u)
    const refused = parts.find(part => vocabulary.names.has(part) || vocabulary.columnNames.has(part))
    if (refused !== undefined) return outside(refused)
  }
  return null
}

function readName([type, text]: Token): string | null {
  if (type === 'BareWord') return text.toLowerCase()
  if (type === 'QuotedIdentifier') return text.slice(1, -1).toLowerCase()
  return null
}

/** Parameters arrive in ClickHouse's tab-separated escaping. Only letters and digits matter for a name. */
function unescapeParameter(value: string): string {
  return value.replaceAll(/\\(x[0-9a-fA-F]{2}|.)/gs, (_, code: string) =>
    code.startsWith('x') && code.length === 3
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : code,
  )
}

function outside(name: string): string {
  return `Cannot execute query in readonly mode: ${name} reaches outside the store. `
}

/** The format a statement asks for itself, e.g. CSV, or null. */
export function readFormat(tokens: readonly Token[]): string | null {
  const significant = tokens.filter(([type]) => type !== 'Whitespace')
  const at = significant.findLastIndex(
    ([, text], index) => text === 'FORMAT' && /^(SETTINGS)?$/.test(significant[index + 2]?.[1] ?? ''),
  )
  const format = significant[at + 1]
  return at < 0 || format === undefined || readName(format) === null ? null : format[1]
}
