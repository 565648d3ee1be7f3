/** The console can't be opened as it is set; `message` says what to do. */
export class ConsoleError extends Error {
  override name = 'ConsoleError'
}
