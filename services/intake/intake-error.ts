import type { HaltReason } from '@forbruk/schemas/event/halt-reason.ts'

/** The topic can't be taken in for a stated reason, which a person has to settle: exit code 3. */
export class IntakeRefusedError extends Error {
  override name = 'IntakeRefusedError'
  readonly reason: HaltReason

  constructor(reason: HaltReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Another process takes in the same source: exit code 1. */
export class IntakeSupersededError extends Error {
  override name = 'IntakeSupersededError'
}

/** Nothing of that name was lost: exit code 2. */
export class UnknownLossError extends Error {
  override name = 'UnknownLossError'
}
