import { killAtExit } from '../support/process/kill-at-exit.ts'
import { runForbruk, startForbruk } from '../support/process/run-forbruk.ts'
import { FaultyProxy } from '../support/store/faulty-proxy.ts'

const ARGS = ['aggregate', '--until-caught-up'] as const

/**
 * Has the request ids settled that came again and are not yet, by two processes: the first is killed when it has
 * written what is repeated, and not that this is settled. Answers what failed.
 * @param settings with the URL of the store
 */
export async function settleIds(
  settings: Record<string, string> & { readonly CLICKHOUSE_URL: string },
  say: (line: string) => void,
): Promise<string[]> {
  const proxy = new FaultyProxy(settings.CLICKHOUSE_URL)
  await proxy.listen()
  try {
    const first = startForbruk(ARGS, { ...settings, CLICKHOUSE_URL: proxy.url })
    killAtExit(first.child)
    let moment = 'it had nothing left to settle'
    proxy.trap({
      table: 'recognition_progress',
      before: async () => {
        moment = 'kill -9 before its progress was written'
        first.child.kill('SIGKILL')
        await first.finished
        throw new Error('never delivered')
      },
    })
    await first.finished
    say(`repeated request ids: ${moment}`)
  } finally {
    await proxy.close()
  }
  const { code, stderr } = await runForbruk(ARGS, settings)
  return code === 0 ? [] : [`forbruk ${ARGS.join(' ')} exited with ${code}: ${stderr.trim()}`]
}
