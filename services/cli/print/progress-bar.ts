import { Presets, SingleBar } from 'cli-progress'

/** A progress bar on a terminal; where nobody watches, nothing. */
type ProgressBar = {
  update(done: number, total: number, label: string): void
  stop(): void
}

export function startProgressBar(title: string): ProgressBar {
  if (!process.stderr.isTTY) return { update() {}, stop() {} }
  const bar = new SingleBar(
    {
      format: `${title} {bar} {percentage}% {label}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  bar.start(1, 0, { label: '' })
  return {
    update(done, total, label) {
      bar.setTotal(Math.max(total, 1))
      bar.update(done, { label })
    },
    stop: () => bar.stop(),
  }
}
