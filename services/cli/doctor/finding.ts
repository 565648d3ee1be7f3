/** What was looked at, and what became of it. */
export type Finding = Verdict & { readonly check: string }

export type Verdict = {
  /** With a problem something won't start or count; a warning is to be known of. */
  readonly state: 'ok' | 'warning' | 'problem'
  readonly found: string
}

/** One check's: an error's message says what is wrong and what to do. */
export async function examine(check: string, look: () => Promise<Verdict>): Promise<Finding> {
  try {
    return { check, ...(await look()) }
  } catch (error) {
    return { check, state: 'problem', found: error instanceof Error ? error.message : String(error) }
  }
}

export function ok(found: string): Verdict {
  return { state: 'ok', found }
}

export function warning(found: string): Verdict {
  return { state: 'warning', found }
}
