import type { ChildProcess } from 'node:child_process'

/** A run that ends without its own clearing up leaves no process behind. */
export function killAtExit(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}
