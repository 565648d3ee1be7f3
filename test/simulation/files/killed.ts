/** The simulated shipper's process is gone: nothing that it was waiting for comes to an end. */
export class Killed extends Error {
  override name = 'Killed'
}

export function never(): Promise<never> {
  return new Promise(() => undefined)
}
